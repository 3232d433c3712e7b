import { z } from 'zod';
import type { TaskName } from '../task.ts';
import { DataError } from './data-error.ts';
import { caption, readJson, whole } from './files.ts';
import { imagePath } from './image-path.ts';
import type { OfficialExample, OfficialTask } from './official-task.ts';

const IMAGE_LISTS = 'flickr30k/val_top10_RN50x64.json';
const TEXT_LISTS = 'flickr30k/val_top10_RN50x64_text.json';
const CANDIDATES = 10;
/** An image has five captions, one after the other; one of them asks for it. */
const EVERY = 5;

/** {caption: [10 paths, the caption's own image first]} */
const ImageLists = z.record(caption, z.array(z.string()).length(CANDIDATES));
/** {path: [10 captions, the image's own first]} */
const TextLists = z.record(z.string(), z.array(caption).length(CANDIDATES));

/**
 * Every fifth caption, from the first on, against its ten images.
 *
 * The independent unit is the image that is looked for: lists share distractors, which makes no two questions the same,
 * but two captions of one image stand or fall together. The official file gives each of its images one question.
 */
export async function readFlickrImages(root: string): Promise<OfficialTask> {
  const task = 'flickr30k_image';
  const { metadata, value } = await readJson(task, root, IMAGE_LISTS, ImageLists);
  const examples = Object.entries(value).flatMap(([text, names], place): OfficialExample[] => {
    const images = names.map((name) => rootPath(task, IMAGE_LISTS, name));
    const right = images[0]!;
    if (place % EVERY !== 0) return [];
    return [{ id: `${right}/${place}`, texts: [text], images: images.map(whole), cluster: right }];
  });
  if (examples.length === 0) throw new DataError(task, IMAGE_LISTS, 'contents', 'holds no captions');
  return { metadata: [metadata], examples };
}

/** Every image against its ten captions; the image is the unit. */
export async function readFlickrTexts(root: string): Promise<OfficialTask> {
  const task = 'flickr30k_text';
  const { metadata, value } = await readJson(task, root, TEXT_LISTS, TextLists);
  const seen = new Set<string>();
  const examples = Object.entries(value).map(([name, texts]): OfficialExample => {
    const image = rootPath(task, TEXT_LISTS, name);
    if (seen.has(image)) throw new DataError(task, TEXT_LISTS, 'contents', `names the image ${image} twice`);
    seen.add(image);
    return { id: image, texts, images: [whole(image)], cluster: image };
  });
  if (examples.length === 0) throw new DataError(task, TEXT_LISTS, 'contents', 'holds no images');
  return { metadata: [metadata], examples };
}

/** The official paths begin with the folder in which the published code keeps its data. */
function rootPath(task: TaskName, metadata: string, name: string): string {
  return imagePath(task, metadata, '', name.replace(/^datasets\//, ''));
}
