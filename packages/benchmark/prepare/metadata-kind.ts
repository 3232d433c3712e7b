import { CLEVR_SUBTASKS } from '../tasks/tasks.ts';
import { nameOf } from './found.ts';

/** What a file of texts holds, by its content (and name, where contents are alike). */
export type MetadataKind =
  | 'winoground'
  | 'winoground-lines'
  | 'parquet'
  | 'clevr'
  | 'flickr30k-images'
  | 'flickr30k-texts'
  | 'imagecode'
  | 'imagecode-simple'
  | 'imagecode-unlabelled'
  | 'svo'
  | 'svo-csv'
  | 'vg_relation'
  | 'vg_attribution'
  | 'order'
  | 'captions'
  | 'karpathy'
  | 'mmbias-phrases'
  | 'pets-classes'
  | 'pets-list';

/** Bytes that are enough to tell: rows of one file are alike. */
export const METADATA_HEAD = 64 * 1024;

const STRING = String.raw`"(?:[^"\\]|\\.)*"`;
const IMAGE = String.raw`"(?:[^"\\]|\\.)*\.(?:jpe?g|png)"`;
/** The beginning of {key: [text, ...]}. */
const LISTS = (key: string, text: string) => new RegExp(String.raw`^\{\s*${key}\s*:\s*\[\s*${text}`, 'i');

const holds = (text: string, ...keys: string[]): boolean => keys.every((key) => text.includes(`"${key}"`));

/** The first that fits, of a JSON text. */
const JSON_KINDS: readonly (readonly [kind: MetadataKind, fits: (text: string, name: string) => boolean])[] = [
  ['winoground-lines', (text) => text.startsWith('{') && holds(text.split('\n')[0]!, 'caption_0', 'caption_1')],
  ['winoground', (text) => text.startsWith('[') && holds(text, 'caption_0', 'caption_1')],
  ['mmbias-phrases', (text) => /^\{\s*"(un)?pleasant_phrases"/.test(text)],
  ['imagecode-simple', (text) => holds(text, 'directory', 'pos_idx', 'neg_idx')],
  ['svo', (text) => holds(text, 'pos_id', 'neg_id', 'neg_type')],
  ['vg_relation', (text) => holds(text, 'image_path', 'bbox_x', 'relation_name')],
  ['vg_attribution', (text) => holds(text, 'image_path', 'bbox_x', 'attributes')],
  ['order', (text) => holds(text, 'image', 'caption_options')],
  ['karpathy', (text) => text.startsWith('{') && holds(text, 'filename', 'split', 'sentences')],
  ['captions', (text) => text.startsWith('[') && holds(text, 'image') && /"caption"\s*:\s*\[/.test(text)],
  ['flickr30k-texts', (text) => LISTS(IMAGE, STRING).test(text)],
  ['flickr30k-images', (text) => LISTS(STRING, IMAGE).test(text)],
  ['imagecode-unlabelled', (text, name) => LISTS(STRING, STRING).test(text) && isImagecodeName(text, name)],
  ['imagecode', (text) => new RegExp(String.raw`^\{\s*${STRING}\s*:\s*\{\s*"\d"\s*:\s*"`).test(text)],
  [
    'clevr',
    (text, name) => subtaskOf(name) !== null && new RegExp(String.raw`^\{\s*${IMAGE}\s*:\s*\[\s*\[`, 'i').test(text),
  ],
];

/** Names of ImageCoDe's files, and how those of its sets begin. */
const isImagecodeName = (text: string, name: string): boolean =>
  /^\{\s*"(open-images|MSR-VTT|video-storytelling|YouCook)/i.test(text) || /(valid|test)_data/i.test(name);

/** What a file holds of which this is the head; null where it is nothing that is known. */
export function metadataKind(path: string, head: Buffer): MetadataKind | null {
  if (head.toString('latin1', 0, 4) === 'PAR1') return 'parquet';
  const text = head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  const name = nameOf(path);
  if (/^[[{]/.test(text)) return JSON_KINDS.find(([, fits]) => fits(text, name))?.[0] ?? null;
  const [first = ''] = text.split(/\r?\n/);
  if (['pos_triplet', 'neg_triplet', 'pos_image_id', 'neg_image_id'].every((column) => first.includes(column)))
    return 'svo-csv';
  if (/^classes\.txt$/i.test(name)) return 'pets-classes';
  return /^(#.*\r?\n)*[A-Za-z_]+_\d+ \d+ [12] \d+\r?\n/.test(text) ? 'pets-list' : null;
}

/** The subtask of CLEVR that a file of captions is named for; null for other names. */
export function subtaskOf(name: string): (typeof CLEVR_SUBTASKS)[number] | null {
  const stem = name.replace(/\.json$/i, '').toLowerCase();
  return CLEVR_SUBTASKS.find((subtask) => subtask === stem) ?? null;
}
