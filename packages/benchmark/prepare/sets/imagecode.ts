import { z } from 'zod';
import { frameNumbers } from '../../load/frames.ts';
import { affinity } from '../affinity.ts';
import { chooseText, planned } from '../choose.ts';
import type { PrepareContext } from '../context.ts';
import { type FoundFile, folderOf, grouped, type LeftOut, nameOf, sameName } from '../found.ts';
import { jsonOf } from '../json-of.ts';
import type { MetadataKind } from '../metadata-kind.ts';
import { isThere, type Picked } from '../pick.ts';
import type { Recipe } from '../plan.ts';
import { PrepareFault } from '../prepare-fault.ts';

const TO = 'imagecode/valid_data.json';
const IMAGES_A_SET = 10;

const Sets = z.record(z.string(), z.record(z.string(), z.string()));

/** ImageCoDe's other files, whose content is alike. */
const OTHERS: readonly (readonly [kind: MetadataKind, why: string])[] = [
  ['imagecode-simple', 'holds ImageCoDe’s simple pairs (two images a text), and not its sets of ten'],
  ['imagecode-unlabelled', 'holds ImageCoDe’s test set, whose answers are not published'],
];

/** The validation set's texts, and the ten images of each set that it names, with their own names. */
export const imagecode: Recipe = {
  set: 'imagecode',
  tasks: ['imagecode', 'imagecode_video'],
  async plan(context) {
    const leftOut: LeftOut[] = [];
    const leave = (left: LeftOut) => leftOut.push(left);
    const of = (kind: MetadataKind) => context.finds.metadata.get(kind) ?? [];
    for (const [kind, why] of OTHERS) for (const { path } of of(kind)) leave({ path, files: 1, why });
    const splits = /(^|[-_.])(train|test)([-_.]|$)/i;
    const chosen = await chooseText(context, 'imagecode', of('imagecode'), TO, "ImageCoDe's texts", leave, splits);
    if (!chosen) return nothingBut(leftOut);
    const sets = Object.keys(jsonOf(chosen, Sets));
    const isStatic = (set: string) => set.includes('open-images');
    return {
      set: 'imagecode',
      tasks: [
        ...(sets.some(isStatic) ? (['imagecode'] as const) : []),
        ...(sets.every(isStatic) ? [] : (['imagecode_video'] as const)),
      ],
      texts: [planned(TO, chosen)],
      ...(await framesOf(context, sets)),
      lacking: [],
      leftOut,
      notes: [],
    };
  },
};

/** Nothing of ImageCoDe was given, or only what GDBench does not use. @throws PrepareFault */
function nothingBut([first]: readonly LeftOut[]): null {
  if (!first) return null;
  throw new PrepareFault(
    first.path,
    `${first.why}: give valid_data.json of McGill-NLP/imagecode or McGill-NLP/diffusion-itm`,
  );
}

/** "img7.jpg", and what programs make of its ending. */
const FRAME = /^img(0|[1-9]\d{0,8})\.(jpe?g|png)$/i;
const numberOf = ({ path }: FoundFile): number => Number(FRAME.exec(nameOf(path))![1]);

async function framesOf(context: PrepareContext, sets: readonly string[]): Promise<Picked> {
  const found = framesBySet(context.finds.images, new Set(sets.map(sameName)));
  const images = new Map<string, FoundFile>();
  const missing: string[] = [];
  let kept = 0;
  for (const set of sets) {
    const frames = await each(context, set, found.get(sameName(set)) ?? []);
    for (const file of frames) images.set(`imagecode/image-sets/${set}/img${numberOf(file)}.jpg`, file);
    const lacking = Math.max(0, IMAGES_A_SET - frames.length);
    if (lacking > 0 && (await isThere(context.root, `imagecode/image-sets/${set}`))) kept += lacking;
    else missing.push(...lackingFrames(frames, lacking).map((name) => `imagecode/image-sets/${set}/${name}`));
  }
  return { images, missing, kept };
}

/** Names of the frames that a set lacks, as far as the numbers of the others tell them. */
function lackingFrames(frames: readonly FoundFile[], lacking: number): string[] {
  const numbers = frames.map(numberOf).sort((a, b) => a - b);
  const all = lacking > 0 ? frameNumbers(numbers, IMAGES_A_SET) : [];
  const named = all
    .filter((number) => number !== null && !numbers.includes(number))
    .map((number) => `img${number}.jpg`);
  return Array.from({ length: lacking }, (_, i) => named[i] ?? `img<n>.jpg (${i + 1} of ${lacking})`);
}

/** The frames of each set, by its name in one letter case. */
function framesBySet(files: readonly FoundFile[], sets: ReadonlySet<string>): Map<string, FoundFile[]> {
  const setOf = ({ path }: FoundFile) => sameName(nameOf(folderOf(path)));
  const frames = files.filter((file) => FRAME.test(nameOf(file.path)) && sets.has(setOf(file)));
  const own = frames.filter(({ path }) => affinity(folderOf(path), 'imagecode') !== null);
  return grouped(own, setOf);
}

/** Each frame once; several folders of a set may repeat it. @throws PrepareFault where they differ */
async function each({ contents }: PrepareContext, set: string, files: readonly FoundFile[]): Promise<FoundFile[]> {
  const frames: FoundFile[] = [];
  for (const [first, ...others] of grouped(files, numberOf).values()) {
    for (const other of others)
      if (!(await contents.areEqual(first!, other)))
        throw new PrepareFault(
          first!.path,
          `and ${other.path} are both of the set ${set}, and differ: give only one of them`,
        );
    frames.push(first!);
  }
  return frames;
}
