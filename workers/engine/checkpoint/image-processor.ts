import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { OPEN_CLIP_FIELDS, readOpenClipProcessor } from '../image/open-clip-processor.ts';
import { inputOf, type Preprocess } from '../image/preprocess.ts';
import { JINA_CLASS, KNOWN_CLASSES, plainName, processorClass, unevenClass } from '../image/processor-classes.ts';
import { readTransformersProcessor, WITHOUT_EFFECT } from '../image/transformers-processor.ts';
import { CheckpointFault, Faults } from './fault.ts';
import { Fields, type JsonPart } from './fields.ts';
import type { Folder } from './folder.ts';
import { jsonObject, readJson } from './json.ts';
import type { ModelConfig } from './model-config.ts';
import { modelType } from './model-types.ts';

/** How a checkpoint's images are prepared. */
export interface ImageInput {
  /** The file that says so. */
  readonly file: string;
  readonly preprocess: Preprocess;
  /** Pixels of the model's input. */
  readonly input: { readonly width: number; readonly height: number };
}

const FILE = 'preprocessor_config.json';
/** Newer exports keep all processors in one file. */
const WHOLE_FILE = 'processor_config.json';
const wholeConfig = z.looseObject({ image_processor: jsonObject.nullish() });
/** Where open_clip's preprocess_cfg stands by itself. */
const OPEN_CLIP_FILES = ['visual/preprocess_cfg.json', 'preprocess_cfg.json'];

/**
 * Reads how images are prepared: by the class that the processor's file names, or else the model's type, every field of it.
 *
 * @throws CheckpointFault with all that cannot be served, or when no file says it.
 */
export async function readImageProcessor(folder: Folder, model: ModelConfig): Promise<ImageInput> {
  const faults = new Faults();
  const [first, second] = (await readings(folder, model)).map(({ part, read }) => ({
    file: part.file,
    preprocess: read(new Fields(part, faults)),
  }));
  faults.settle();
  const { file, preprocess } = first!;
  if (second && !isDeepStrictEqual(second.preprocess, preprocess)) throw disagreement(file, second.file);
  const input = inputOf(preprocess);
  if (input) return { file, preprocess, input };
  throw new CheckpointFault({
    file,
    found: 'leaves images of different sizes (it resizes the shortest edge, or nothing, and cuts nothing out)',
    expected: 'one size for all images',
    remedy: 'write a crop, or a `size` of height and width',
    gravity: 'setting',
  });
}

/** Older versions of transformers read the one file, newer ones the other. */
function disagreement(file: string, other: string): CheckpointFault {
  return new CheckpointFault({
    file: other,
    found: `prepares images otherwise than ${file}`,
    expected: 'one of the two, or two that agree',
    remedy: 'remove the one that the model was not trained with',
    gravity: 'setting',
  });
}

/** What open_clip takes where nothing is said. */
const DEFAULT_SIZE = { width: 224, height: 224 };

interface Reading {
  readonly part: JsonPart;
  readonly read: (fields: Fields) => Preprocess;
}

/** What the files say of images: one reading, or two where two files do. */
async function readings(folder: Folder, model: ModelConfig): Promise<Reading[]> {
  const own = await openClipPart(folder, model);
  if (own) return [own];
  return (await transformersParts(folder)).map((part) => {
    const name = classOf(part, model);
    if (name === JINA_CLASS) {
      return { part, read: (fields) => readOpenClipProcessor(fields, DEFAULT_SIZE, WITHOUT_EFFECT) };
    }
    const kind = processorClass(name);
    if (kind) return { part, read: (fields) => readTransformersProcessor(fields, kind) };
    throw unknownClass(part.file, name);
  });
}

/** open_clip's preprocess_cfg, where the model is one of open_clip's or nothing else says how images are prepared. */
async function openClipPart(folder: Folder, { openClip, file }: ModelConfig): Promise<Reading | null> {
  const others = folder.files.has(FILE) || folder.files.has(WHOLE_FILE);
  const alone = OPEN_CLIP_FILES.find((one) => folder.files.has(one));
  const read = (fields: Fields) => readOpenClipProcessor(fields, openClip?.size ?? DEFAULT_SIZE, []);
  if (alone && (openClip || !others))
    return { part: { file: alone, at: '', json: await readJson(folder, alone, jsonObject) }, read };
  if (openClip?.preprocess) return { part: { file, at: 'preprocess_cfg.', json: openClip.preprocess }, read };
  if (!openClip || others) return null;
  throw new CheckpointFault({
    file: OPEN_CLIP_FILES[0]!,
    found: 'is missing',
    expected: `open_clip's preprocessing (${OPEN_CLIP_FIELDS.join(', ')})`,
    remedy: 'copy it, or the open_clip_config.json, from where the model was published',
    gravity: 'file',
  });
}

async function transformersParts(folder: Folder): Promise<JsonPart[]> {
  const parts: JsonPart[] = [];
  if (folder.files.has(WHOLE_FILE)) {
    const { image_processor: json, processor_class } = await readJson(folder, WHOLE_FILE, wholeConfig);
    if (json) parts.push({ file: WHOLE_FILE, at: 'image_processor.', json: { processor_class, ...json } });
  }
  if (parts.length > 0 && !folder.files.has(FILE)) return parts;
  return [{ file: FILE, at: '', json: await readJson(folder, FILE, jsonObject) }, ...parts];
}

/** The class that the file names; else the one that goes with the model's type; else the one of the processor that both are part of. */
function classOf({ file, json }: JsonPart, model: ModelConfig): string {
  const text = (name: string) => (typeof json[name] === 'string' && json[name] !== '' ? (json[name] as string) : null);
  const named = text('image_processor_type') ?? text('feature_extractor_type');
  if (named !== null) return plainName(named);
  const type = model.type === null ? undefined : modelType(model.type);
  if (type?.processor) return type.processor;
  const part = text('processor_class')?.replace(/Processor$/, 'ImageProcessor') ?? '';
  if (KNOWN_CLASSES.includes(part)) return part;
  throw new CheckpointFault({
    file,
    found: 'names no image processor, and neither does the model type',
    expected: '`image_processor_type`',
    remedy: `write the class that the model was trained with (GDBench knows ${KNOWN_CLASSES.join(', ')})`,
    gravity: 'setting',
  });
}

function unknownClass(file: string, name: string): CheckpointFault {
  const shownName = name.replace(/[^\w.-]/g, '?').slice(0, 80);
  const uneven = unevenClass(name);
  if (uneven) {
    return new CheckpointFault({
      file,
      found: `is for a ${shownName}, which ${uneven.found}`,
      expected: 'an image processor that brings all images to one size',
      remedy: uneven.remedy,
      gravity: 'setting',
    });
  }
  return new CheckpointFault({
    file,
    found: `is for a ${shownName}, whose steps GDBench does not know`,
    expected: `one of ${KNOWN_CLASSES.join(', ')}`,
    remedy: 'if the model was trained with the steps of one of these, write that class as `image_processor_type`',
    gravity: 'setting',
  });
}
