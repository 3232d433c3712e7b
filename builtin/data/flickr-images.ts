import { randomStream } from './random.ts';
import { retell } from './retell.ts';
import type { Scene } from './scene.ts';
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
