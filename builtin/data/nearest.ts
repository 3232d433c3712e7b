import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Told } from './flickr-images.ts';
import { isTrue } from './truth.ts';

/** The file that rank.ts writes. */
export const NEAREST_FILE = path.join(import.meta.dirname, 'nearest.json');

/** Wrong candidates of a list. */
const WRONG = 9;

const Row = z.string().regex(/^\d+( \d+){8}$/);
const NearestFile = z.object({
  encoder: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  madeFor: z.string(),
  images: z.array(Row),
  texts: z.array(Row),
});

/**
 * For each caption, its nine nearest false images; for each image, its nine nearest false captions: indices, nearest
 * first, parted by spaces. Captions are counted through all images. `madeFor` is the hash of those images and captions,
 * `encoder` and `sha256` the name of the folder and the hash (encoderSha256) of the checkpoint that ranked them.
 */
export type Nearest = z.infer<typeof NearestFile>;

/** A dual encoder's checkpoint: its folder's name, and its encoderSha256. */
export type Encoder = { name: string; sha256: string };

const REMEDY = 'make it again with `node builtin/data/rank.ts`';

/** @throws when the file is not there or not whole. */
export function readNearest(file: string = NEAREST_FILE): Nearest {
  try {
    return NearestFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new Error(`${file} is missing or is no list of nearest candidates: ${REMEDY}.`);
  }
}

/** SHA-256 over all scenes and captions, in order. */
export function hashOf(images: readonly Told[]): string {
  const hash = createHash('sha256');
  for (const { file, scene, captions } of images) hash.update(`${JSON.stringify([file, scene, captions])}\n`);
  return hash.digest('hex');
}

/**
 * Of each caption the nearest images among those for which it is false, and of each image the nearest captions among those
 * that are false for it; of equally near ones the lower index.
 * @param scores [caption][image], captions counted through all images; higher is nearer.
 * @throws when a list has fewer than nine false candidates.
 */
export function rankNearest(
  images: readonly Told[],
  scores: readonly (readonly number[])[],
  encoder: Encoder,
): Nearest {
  const captions = images.flatMap((image) => image.captions);
  const wrong = captions.map((caption) => images.map(({ scene }) => !isTrue(caption, scene)));
  return {
    encoder: encoder.name,
    sha256: encoder.sha256,
    madeFor: hashOf(images),
    images: captions.map((_, k) =>
      nine(
        images.map((_, i) => i).filter((i) => wrong[k]![i]),
        (i) => scores[k]![i]!,
      ),
    ),
    texts: images.map((_, i) =>
      nine(
        captions.map((_, k) => k).filter((k) => wrong[k]![i]),
        (k) => scores[k]![i]!,
      ),
    ),
  };
}

function nine(indices: readonly number[], scoreOf: (index: number) => number): string {
  const ranked = [...indices].sort((a, b) => scoreOf(b) - scoreOf(a) || a - b);
  if (ranked.length < WRONG) throw new Error(`a list has ${ranked.length} false candidates, and needs ${WRONG}`);
  return ranked.slice(0, WRONG).join(' ');
}

/** Candidate lists in the form of the official files: by caption the paths of ten images, by such a path ten captions. */
export function nearestLists(
  images: readonly Told[],
  nearest: Nearest,
): { images: Record<string, string[]>; texts: Record<string, string[]> } {
  const captions = images.flatMap((image) => image.captions);
  if (nearest.madeFor !== hashOf(images) || nearest.images.length !== captions.length) {
    throw new Error(`builtin/data/nearest.json was made for other images or captions: ${REMEDY}.`);
  }
  const paths = images.map(({ file }) => `datasets/${file}`);
  const rows = (row: string): number[] => row.split(' ').map(Number);
  const owners = images.flatMap((image, i) => image.captions.map(() => paths[i]!));
  return {
    images: Object.fromEntries(
      captions.map((text, k) => [text, [owners[k]!, ...rows(nearest.images[k]!).map((i) => paths[i]!)]]),
    ),
    texts: Object.fromEntries(
      paths.map((name, i) => [name, [images[i]!.captions[0]!, ...rows(nearest.texts[i]!).map((k) => captions[k]!)]]),
    ),
  };
}
