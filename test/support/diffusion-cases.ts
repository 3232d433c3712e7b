import { readFileSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFiles } from './folder.ts';

const REFERENCE = fileURLToPath(new URL('../reference', import.meta.url));

/** A checkpoint of test/reference/diffusion and what PyTorch scores with it; the README there describes every field. */
export interface DiffusionCase {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly json: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly facts: {
    readonly predictionType: string;
    readonly latent: readonly [number, number, number];
    readonly inputSize: { readonly width: number; readonly height: number };
    readonly tokenLength: number;
  };
  readonly samples: number;
  readonly seed: number;
  readonly half?: boolean;
  readonly timesteps: readonly number[];
  readonly noise_norms: readonly number[];
  readonly errors: {
    readonly cond: readonly (readonly (readonly number[])[])[];
    readonly uncond: readonly (readonly number[])[];
    readonly gray: readonly (readonly number[])[];
  };
  /** By protocol: [text][image]. */
  readonly scores: Readonly<Record<ReferenceProtocol, readonly (readonly number[])[]>>;
}

export const REFERENCE_PROTOCOLS = [
  'diffusion-itm',
  'diffusion-classifier',
  'diffusion-itm-unnormalized',
  'diffusion-itm-gray',
] as const;
export type ReferenceProtocol = (typeof REFERENCE_PROTOCOLS)[number];

const read: { images: string[]; texts: string[]; cases: DiffusionCase[] } = JSON.parse(
  readFileSync(path.join(REFERENCE, 'diffusion/cases.json'), 'utf8'),
);

export const DIFFUSION_CASES: readonly DiffusionCase[] = read.cases;
/** The cases of these names, as a table. */
export const casesNamed = (...names: readonly string[]) =>
  names.map((name) => {
    const found = DIFFUSION_CASES.find((one) => one.name === name);
    if (!found) throw new Error(`There is no case ${name}.`);
    return [name, found] as const;
  });

/** In the order of every text axis; the first is empty. */
export const CASE_TEXTS: readonly string[] = read.texts;
/** Absolute paths, in the order of every image axis. */
export const CASE_IMAGES: readonly string[] = read.images.map((file) => path.join(REFERENCE, 'images', file));

/** Writes a case's checkpoint into a folder. */
export async function writeCase({ files, json }: DiffusionCase, dir: string): Promise<void> {
  await writeFiles(dir, json);
  for (const [file, source] of Object.entries(files)) {
    const at = path.join(dir, file);
    await mkdir(path.dirname(at), { recursive: true });
    await copyFile(path.join(REFERENCE, source), at);
  }
}
