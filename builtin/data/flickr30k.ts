import { type Nearest, nearestLists, readNearest } from './nearest.ts';
import { randomStream } from './random.ts';
import { retell } from './retell.ts';
import type { Scene } from './scene.ts';
import { type ScenePlan, scenePicture } from './scene-picture.ts';
import { variedScenes } from './varied.ts';

export const FLICKR_IMAGES = 100;

/** An image and its five captions, in an order that tells nothing of their detail; the path is seen from the data root. */
export type Told = { file: string; scene: Scene; captions: string[] };

/** The scenes of a seed's images. */
export function flickrScenes(seed: number): Scene[] {
  return variedScenes(seed, 'test/flickr30k', FLICKR_IMAGES);
}

/** All images of a seed, in the order of the files: no two hold the same things, no two captions are equal. */
export function flickrImages(seed: number): Told[] {
  const taken = new Set<string>();
  return flickrScenes(seed).map((scene, i) => {
    const captions = retell(randomStream(seed, `test/flickr30k/${i}/captions`), scene, taken);
    return {
      file: `flickr30k/images/builtin_${String(i).padStart(6, '0')}.png`,
      scene,
      // The first one is the right text of the image's list: were it the gist each time, its form would give it away.
      captions: randomStream(seed, `test/flickr30k/${i}/order`).shuffle(captions),
    };
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
