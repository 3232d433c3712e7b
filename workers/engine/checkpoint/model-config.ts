import { z } from 'zod';
import { boxFrom } from '../image/open-clip-processor.ts';
import type { Box } from '../image/processor-classes.ts';
import type { CleanText } from '../text/clean-text.ts';
import { type Faults, faultOf } from './fault.ts';
import { shown } from './fields.ts';
import type { Folder } from './folder.ts';
import { jsonObject, readJson } from './json.ts';
import { OPEN_CLIP, wholeType } from './model-types.ts';

/** What a dual encoder's or matching head's own configuration says. */
export interface ModelConfig {
  /** The file that says it. */
  readonly file: string;
  /** model_type, of the whole model; OPEN_CLIP for open_clip's configuration; null where none is said. */
  readonly type: string | null;
  readonly architectures: readonly string[];
  /** The model's name on the Hub, where it is known. */
  readonly name: string | null;
  readonly text: {
    readonly maxPositions: number | undefined;
    readonly vocabSize: number | undefined;
    /** open_clip's context_length. */
    readonly contextLength: number | undefined;
    readonly clean: CleanText | null;
    /** Tokens that stand for the image before every text; transformers cuts them off again. */
    readonly prefix: { readonly id: number; readonly count: number } | null;
  };
  /** Only of open_clip: its model's input, and its preprocess_cfg where that stands in the same file. */
  readonly openClip: { readonly size: Box; readonly preprocess: Readonly<Record<string, unknown>> | null } | null;
}

/** Of a folder whose configuration cannot be read. */
export const NO_CONFIG: ModelConfig = {
  file: 'config.json',
  type: null,
  architectures: [],
  name: null,
  text: { maxPositions: undefined, vocabSize: undefined, contextLength: undefined, clean: null, prefix: null },
  openClip: null,
};

const count = z.number().int().min(1).nullish();
const positions = z.looseObject({ max_position_embeddings: count, vocab_size: count });
const modelConfig = positions.extend({
  model_type: z.string().nullish(),
  architectures: z.array(z.string()).nullish(),
  _name_or_path: z.string().nullish(),
  text_config: positions.nullish(),
  qformer_config: positions.nullish(),
  image_token_index: z.number().int().min(0).nullish(),
  num_query_tokens: count,
});
const openClipModel = z.looseObject({
  text_cfg: z.looseObject({
    context_length: count,
    vocab_size: count,
    hf_tokenizer_name: z.string().nullish(),
    tokenizer_mode: z.unknown().optional(),
    tokenizer_kwargs: jsonObject.nullish(),
    embed_cls: z.boolean().nullish(),
  }),
  vision_cfg: z.looseObject({ image_size: z.unknown().optional() }),
});
const openClipConfig = z.looseObject({ model_cfg: openClipModel, preprocess_cfg: jsonObject.nullish() });

const CONFIG = 'config.json';
export const OPEN_CLIP_CONFIG = 'open_clip_config.json';

/**
 * Reads config.json, which transformers or open_clip may have written, or open_clip_config.json.
 *
 * @throws CheckpointFault when neither is there, or one cannot be read; what one says and cannot be served goes to `faults`.
 */
export async function readModelConfig(folder: Folder, faults: Faults): Promise<ModelConfig> {
  if (!folder.files.has(CONFIG) && folder.files.has(OPEN_CLIP_CONFIG))
    return openClip(folder, OPEN_CLIP_CONFIG, faults);
  const json = await readJson(folder, CONFIG, jsonObject);
  if (typeof json.model_type === 'string') return transformers(await readJson(folder, CONFIG, modelConfig));
  if (json.text_cfg !== undefined && json.vision_cfg !== undefined) {
    const model = await readJson(folder, CONFIG, openClipModel);
    return fromOpenClip(CONFIG, model, null, faults);
  }
  if (json.model_cfg !== undefined) return openClip(folder, CONFIG, faults);
  if (folder.files.has(OPEN_CLIP_CONFIG)) return openClip(folder, OPEN_CLIP_CONFIG, faults);
  return transformers(await readJson(folder, CONFIG, modelConfig));
}

function transformers(config: z.output<typeof modelConfig>): ModelConfig {
  const type = config.model_type == null ? null : wholeType(config.model_type);
  const { image_token_index: id, num_query_tokens: queries } = config;
  // BLIP-2's texts go through its Q-Former; the text config is of a language model that matching never runs.
  const text = (type === 'blip-2' ? config.qformer_config : config.text_config) ?? undefined;
  return {
    file: CONFIG,
    type,
    architectures: config.architectures ?? [],
    name: config._name_or_path ?? null,
    text: {
      maxPositions: text?.max_position_embeddings ?? config.max_position_embeddings ?? undefined,
      vocabSize: text?.vocab_size ?? config.vocab_size ?? undefined,
      contextLength: undefined,
      clean: null,
      prefix: type === 'blip-2' && id != null ? { id, count: queries ?? 32 } : null,
    },
    openClip: null,
  };
}

async function openClip(folder: Folder, file: string, faults: Faults): Promise<ModelConfig> {
  const { model_cfg: model, preprocess_cfg: preprocess } = await readJson(folder, file, openClipConfig);
  return fromOpenClip(file, model, preprocess ?? {}, faults);
}

const DEFAULT_SIDE = 224;
const DEFAULT_CONTEXT = 77;

function fromOpenClip(
  file: string,
  { text_cfg: text, vision_cfg: vision }: z.output<typeof openClipModel>,
  preprocess: Readonly<Record<string, unknown>> | null,
  faults: Faults,
): ModelConfig {
  const refuse = (field: string, value: unknown, expected: string, remedy: string) => {
    const found = `says \`${field}\` is ${shown(value)}`;
    faults.add(faultOf({ file, found, expected, remedy, gravity: 'setting' }));
  };
  const size = boxFrom(vision.image_size ?? DEFAULT_SIDE);
  if (!size) refuse('vision_cfg.image_size', vision.image_size, 'a number, or height and width', 'correct it');
  const { clean, ...others } = text.tokenizer_kwargs ?? {};
  for (const [name, value] of Object.entries(others)) {
    if (value === null || value === false) continue;
    refuse(`text_cfg.tokenizer_kwargs.${name}`, value, 'only `clean`', 'give a model whose texts need no such change');
  }
  // What open_clip's tokenizers do where nothing is said: a Hugging Face one by its name, else its own.
  const cleaning = CLEANINGS.find((one) => one === (clean ?? (text.hf_tokenizer_name ? 'whitespace' : 'lower')));
  if (cleaning === undefined) {
    refuse(
      'text_cfg.tokenizer_kwargs.clean',
      clean,
      CLEANINGS.map((one) => `"${one}"`).join(' or '),
      'write one of these',
    );
  }
  if (text.tokenizer_mode != null) {
    refuse(
      'text_cfg.tokenizer_mode',
      text.tokenizer_mode,
      'null',
      'give a model whose tokenizer has no mode of its own',
    );
  }
  if (text.embed_cls) {
    refuse(
      'text_cfg.embed_cls',
      true,
      'false',
      'give a model other than CoCa, whose text graph tells padding by its id',
    );
  }
  return {
    file,
    type: OPEN_CLIP,
    architectures: [],
    name: null,
    text: {
      maxPositions: undefined,
      vocabSize: text.vocab_size ?? undefined,
      contextLength: text.context_length ?? DEFAULT_CONTEXT,
      clean: cleaning ?? null,
      prefix: null,
    },
    openClip: { size: size ?? { width: DEFAULT_SIDE, height: DEFAULT_SIDE }, preprocess },
  };
}

const CLEANINGS: readonly CleanText[] = ['canonicalize', 'lower', 'whitespace'];
