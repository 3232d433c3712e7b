import { MOVE_COUNT, movingFrames } from './frames.ts';
import { type Random, randomStream } from './random.ts';
import type { Scene } from './scene.ts';
import { type ScenePlan, scenePicture } from './scene-picture.ts';
import { type Nearby, singleOut } from './single-out.ts';
import { variedImages } from './variations.ts';

/** Sets of each kind. */
const IMAGECODE_SETS = 25;
/** Descriptions of a set. */
const DESCRIPTIONS = 4;

const TRIES = 200;

/** Ten images and their descriptions by the index of the image that alone they hold for. */
type ImageSet = { name: string; scenes: Scene[]; descriptions: Map<number, string> };

/** The sets of variations of a scene, whose name holds `open-images` as the official ones', then those of frames. */
export function imagecodeSets(seed: number): ImageSet[] {
  return [
    ...sets(seed, 'open-images-builtin', variedImages),
    ...sets(seed, 'video-builtin', (random, set) => movingFrames(random, set % MOVE_COUNT)),
  ];
}

/** The files of imagecode and imagecode_video. */
export function planImagecode(seed: number): ScenePlan {
  const all = imagecodeSets(seed);
  const texts = Object.fromEntries(all.map((set) => [set.name, Object.fromEntries(set.descriptions)]));
  return {
    texts: [{ file: 'imagecode/valid_data.json', text: JSON.stringify(texts, null, 2) }],
    pictures: all.flatMap(({ name, scenes }) =>
      scenes.map((scene, k) => scenePicture(`imagecode/image-sets/${name}/img${k}.jpg`, scene)),
    ),
  };
}

function sets(seed: number, prefix: string, draw: (random: Random, set: number) => Nearby[]): ImageSet[] {
  return Array.from({ length: IMAGECODE_SETS }, (_, i) => {
    const name = `${prefix}-${String(i).padStart(3, '0')}`;
    const random = randomStream(seed, `test/imagecode/${name}`);
    for (let k = 0; k < TRIES; k++) {
      const images = draw(random, i);
      const descriptions = singleOut(random, images, DESCRIPTIONS);
      if (descriptions) return { name, scenes: images.map(({ scene }) => scene), descriptions };
    }
    throw new Error(`no images found for ${name} of which ${DESCRIPTIONS} can be told apart`);
  });
}
