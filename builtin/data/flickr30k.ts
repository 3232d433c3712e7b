import { flickrImages } from './flickr-images.ts';
import { type Nearest, nearestLists, readNearest } from './nearest.ts';
import { type ScenePlan, scenePicture } from './scene-picture.ts';

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
