import { compose, type Layout, randomLook } from './compose.ts';
import { type Nearest, nearestLists, readNearest } from './nearest.ts';
import { type Random, randomStream } from './random.ts';
import { retell } from './retell.ts';
import { COLORS, contentKey, type Look, type Scene } from './scene.ts';
import { type ScenePlan, scenePicture } from './scene-picture.ts';

export const FLICKR_IMAGES = 100;

/** An image and its five captions, from the gist to the most detail; the path is seen from the data root. */
export type Told = { file: string; scene: Scene; captions: string[] };

/** How often, of ten images, how many solids stand in which layout. */
const KINDS: readonly { layout: Layout; solids: number; of10: number }[] = [
  { layout: 'scattered', solids: 3, of10: 4 },
  { layout: 'scattered', solids: 4, of10: 2 },
  { layout: 'beside', solids: 2, of10: 1 },
  { layout: 'ahead', solids: 2, of10: 1 },
  { layout: 'stacked', solids: 2, of10: 2 },
];

/** All images of a seed, in the order of the files: no two hold the same things, no two captions are equal. */
export function flickrImages(seed: number): Told[] {
  const kinds = KINDS.flatMap((kind) => Array.from({ length: (kind.of10 * FLICKR_IMAGES) / 10 }, () => kind));
  const order = randomStream(seed, 'test/flickr30k/order').shuffle(kinds);
  const contents = new Set<string>();
  const taken = new Set<string>();
  return order.map(({ layout, solids }, i) => {
    const random = randomStream(seed, `test/flickr30k/${i}`);
    let looks = looksFor(random, layout, solids);
    while (contents.has(contentKey(looks))) looks = looksFor(random, layout, solids);
    contents.add(contentKey(looks));
    const scene = compose(random, looks, layout);
    const file = `flickr30k/images/builtin_${String(i).padStart(6, '0')}.png`;
    return { file, scene, captions: retell(random, scene, taken) };
  });
}

/**
 * The task's files: each caption with ten images, and each image with ten captions, the right one first, then those that
 * a dual encoder finds nearest among the false ones.
 * @throws when the lists of the nearest were made for other images or captions.
 */
export function planFlickr(seed: number, nearest: Nearest = readNearest()): ScenePlan {
  const images = flickrImages(seed);
  const lists = nearestLists(images, nearest);
  const json = (lists: Record<string, string[]>): string => JSON.stringify(lists, null, 4);
  return {
    texts: [
      { file: 'flickr30k/val_top10_RN50x64.json', text: json(lists.images) },
      { file: 'flickr30k/val_top10_RN50x64_text.json', text: json(lists.texts) },
    ],
    pictures: images.map(({ file, scene }) => scenePicture(file, scene)),
  };
}

/** Looks of different colours. In a pile the lower one is large and flat; of many solids few are large, so that there is room. */
function looksFor(random: Random, layout: Layout, solids: number): Look[] {
  const looks = random
    .shuffle(COLORS)
    .slice(0, solids)
    .map((color, i): Look => {
      const look = { ...randomLook(random), color };
      return i + solids > 4 ? { ...look, size: 'small' } : look;
    });
  if (layout !== 'stacked') return looks;
  const [above, below] = looks as [Look, Look];
  return [
    { ...above, size: 'small' },
    { ...below, size: 'large', shape: random.pick(['cube', 'cylinder'] as const) },
  ];
}
