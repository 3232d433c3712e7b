import { flickrScenes } from './flickr-images.ts';
import { PERMUTATIONS, type Permutation } from './permute.ts';
import { type Random, randomStream } from './random.ts';
import { type Detail, tell } from './retell.ts';
import type { Scene } from './scene.ts';
import { type ScenePlan, scenePicture } from './scene-picture.ts';
import { isTrue } from './truth.ts';
import { variedScenes } from './varied.ts';

const ORDER_IMAGES = 100;

const DETAILS: readonly Detail[] = ['looks', 'twoClauses', 'fullest'];
const TRIES = 1000;

/** An image, its true caption, then four that say its words in another order; in lower case, without stops. */
type Ordered = { scene: Scene; options: string[] };

/** The files of coco_order: images of its own. */
export function planCocoOrder(seed: number): ScenePlan {
  const scenes = variedScenes(seed, 'test/coco_order', ORDER_IMAGES);
  return planOf('coco_order', 'images', ordered(seed, 'coco_order', scenes));
}

/** The files of flickr30k_order: the images of flickr30k, captions of its own. */
export function planFlickrOrder(seed: number): ScenePlan {
  return planOf('flickr30k_order', 'flickr30k-images', ordered(seed, 'flickr30k_order', flickrScenes(seed)));
}

function planOf(task: string, folder: string, items: readonly Ordered[]): ScenePlan {
  const name = (i: number): string => `${folder}/builtin_${String(i).padStart(6, '0')}.png`;
  const rows = items.map(({ options }, i) => ({ image: name(i), caption_options: options }));
  return {
    texts: [{ file: `${task}/${task}.json`, text: JSON.stringify(rows, null, 4) }],
    pictures: items.map(({ scene }, i) => scenePicture(`${task}/${name(i)}`, scene)),
  };
}

function ordered(seed: number, task: string, scenes: readonly Scene[]): Ordered[] {
  return scenes.map((scene, i) => {
    const random = randomStream(seed, `test/${task}/${i}/captions`);
    // A comma would betray its clause's end, so clauses are joined by a word.
    const told = tell(random, scene, random.pick(DETAILS), (text) => !text.includes(','));
    const caption = told.replace('.', '').toLowerCase();
    return { scene, options: [caption, ...permuted(random, caption, scene)] };
  });
}

/** The four permutations of a caption: all different, and none of them a true caption. */
function permuted(random: Random, caption: string, scene: Scene): string[] {
  const taken = new Set([caption]);
  for (const [kind, permute] of Object.entries(PERMUTATIONS)) {
    taken.add(draw(random, caption, permute, kind, (text) => !taken.has(text) && !readsTrue(text, scene)));
  }
  return [...taken].slice(1);
}

function draw(
  random: Random,
  caption: string,
  permute: Permutation,
  kind: string,
  wanted: (text: string) => boolean,
): string {
  for (let i = 0; i < TRIES; i++) {
    const text = permute(random, caption.split(' ')).join(' ');
    if (wanted(text)) return text;
  }
  throw new Error(`"${caption}" has no permutation of the kind ${kind} that says something else`);
}

/** Words in an order that is not of the grammar say nothing. */
function readsTrue(text: string, scene: Scene): boolean {
  try {
    return isTrue(text, scene);
  } catch {
    return false;
  }
}
