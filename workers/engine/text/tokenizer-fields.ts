import { CheckpointFault, type Fault } from '../checkpoint/fault.ts';
import { shown } from '../checkpoint/fields.ts';

/*
 * The fields of tokenizer_config.json beside those that are applied: each is known to change no id, or to change none at a value that
 * is named here. What is in neither list is refused (transformers, tokenization_utils_base.py and the classes' __init__).
 */

/**
 * Where things came from, how they are loaded or saved, how ids become text again, templates of chats, and what a tokenizer.json's
 * `truncation` and `padding` leave here, of which the classes make no use.
 */
export const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  'backend',
  'cache_dir',
  'chat_template',
  'clean_up_tokenization_spaces',
  'device',
  'errors',
  'from_slow',
  'full_tokenizer_file',
  'init_inputs',
  'is_local',
  'legacy',
  'legacy_behaviour',
  'local_files_only',
  'max_length',
  'max_model_input_sizes',
  'merges_file',
  'model_type',
  'name_or_path',
  'pad_to_multiple_of',
  'padding',
  'processor_class',
  'response_schema',
  'revision',
  'spaces_between_special_tokens',
  'special_tokens_map_file',
  'stride',
  'subfolder',
  'token',
  'tokenizer_file',
  'transformers_version',
  'truncation',
  'truncation_strategy',
  'trust_remote_code',
  'use_auth_token',
  'use_default_system_prompt',
  'use_fast',
  'verbose',
  'vocab_file',
  'vocab_size',
]);

interface Harmless {
  readonly is: (value: unknown) => boolean;
  /** A noun for the values that change no id. */
  readonly expected: string;
}

const isEmpty = (value: unknown): boolean =>
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

/** Fields that change ids at some values, and the values at which they do not. null is none of them: it is as good as no word. */
export const HARMLESS: Readonly<Record<string, Harmless>> = {
  auto_map: {
    is: (value) => isEmpty(value) || (isRecord(value) && value.AutoTokenizer === undefined),
    expected: 'a tokenizer without code of its own',
  },
  do_basic_tokenize: { is: (value) => value === true, expected: 'true' },
  never_split: { is: isEmpty, expected: 'an empty list' },
  pad_token_type_id: { is: (value) => value === 0, expected: '0' },
  sp_model_kwargs: {
    is: (value) => isEmpty(value) || (isRecord(value) && value.enable_sampling === false),
    expected: 'an empty object, or `enable_sampling` at false',
  },
  split_special_tokens: { is: (value) => value === false, expected: 'false' },
};

/** Tokens by further names (`image_token`), ids of tokens, and what a library keeps for itself: none changes an id of a text. */
const HARMLESS_NAMES = /^_|_token_id$/;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A fault for every field that is not known, or at a value at which it would change ids and is not applied. */
export function unlikeFields(
  file: string,
  stated: Readonly<Record<string, unknown>>,
  applied: readonly string[],
): Fault[] {
  return Object.entries(stated).flatMap(([name, value]) => {
    if (value == null || applied.includes(name) || WITHOUT_EFFECT.has(name) || HARMLESS_NAMES.test(name)) return [];
    const rule = Object.hasOwn(HARMLESS, name) ? HARMLESS[name] : undefined;
    if (rule?.is(value)) return [];
    return new CheckpointFault({
      file,
      found: rule
        ? `says \`${name}\` is ${shown(value)}`
        : `has the field \`${name.slice(0, 60)}\`, and GDBench does not know what that does to texts and ids`,
      expected: rule?.expected ?? 'a field that is known',
      remedy: rule
        ? 'give a tokenizer.json that says all that the model was trained with'
        : 'remove it where it changes no id',
      gravity: 'setting',
    }).faults;
  });
}
