import { THINGS } from './associations.ts';
import type { Plan } from './plan.ts';
import { COLORS, MATERIALS, SHAPES, SIZES } from './scene.ts';

// For tests: what the set's texts ask of a model, task by task.

type Read = (text: string) => string[];
type Row = Record<string, string>;

const json = <T>(text: string): T => JSON.parse(text) as T;
const rows =
  (...fields: string[]): Read =>
  (text) =>
    json<Row[]>(text).flatMap((row) => fields.map((field) => row[field]!));
const firstOptions: Read = (text) => json<{ caption_options: string[] }[]>(text).map((row) => row.caption_options[0]!);

/** By the start of a file's path: the captions in it that are right for some image. */
const READS: Record<string, Read> = {
  'clevr/captions/': (text) =>
    Object.values(json<Record<string, [string, string][]>>(text)).flatMap((pairs) => pairs.map(([right]) => right)),
  'winoground/data.json': rows('caption_0', 'caption_1'),
  'svo/svo.json': rows('sentence'),
  'vg_relation/': rows('true_caption'),
  'vg_attribution/': rows('true_caption'),
  'coco_order/': firstOptions,
  'flickr30k_order/': firstOptions,
  'flickr30k/val_top10_RN50x64.json': (text) => Object.keys(json<Row>(text)),
  'imagecode/': (text) => Object.values(json<Record<string, Row>>(text)).flatMap((set) => Object.values(set)),
  'pets/': (text) =>
    text
      .trimEnd()
      .split('\n')
      .map((name) => `a photo of a ${name}`),
  'mmbias/': (text) => Object.values(json<Record<string, string[]>>(text)).flat(),
};

/** The right captions by folder; those of genderbias, which has no file of texts, too. */
export function rightCaptions(texts: Plan['texts']): Record<string, string[]> {
  const found: Record<string, string[]> = { genderbias: THINGS.flatMap(({ first, second }) => [first[1], second[1]]) };
  for (const { file, text } of texts) {
    const read = Object.entries(READS).find(([start]) => file.startsWith(start))?.[1];
    const folder = file.split('/')[0]!;
    if (read) found[folder] = [...(found[folder] ?? []), ...read(text)];
  }
  return found;
}

const KINDS_OF_WORDS = Object.entries({ COLOR: COLORS, SHAPE: SHAPES, SIZE: SIZES, MATERIAL: MATERIALS }).map(
  ([kind, words]): [RegExp, string] => [new RegExp(`\\b(?:${words.join('|')})(?=s?\\b)`, 'g'), kind],
);

/** The clauses of a caption with a name for the kind of word in place of each colour, shape, size and material. */
export function captionForms(caption: string): string[] {
  const clauses = caption
    .toLowerCase()
    .replace(/\.$/, '')
    .split(/, and | while /);
  return clauses.map((clause) => KINDS_OF_WORDS.reduce((form, [word, kind]) => form.replace(word, kind), clause));
}
