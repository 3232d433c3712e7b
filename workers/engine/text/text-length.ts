import type { FaultParts } from '../checkpoint/fault.ts';
import type { TokenizerFile } from './tokenizer-json.ts';
import type { TokenizerSettings } from './tokenizer-settings.ts';

/** Above this a model_max_length means "none" (transformers writes 1e30). */
const NO_LENGTH = 1e6;
/** Longer texts than any text encoder's. */
export const LONGEST = 8194;

/**
 * Positions of the text towers whose config.json need not state them, being their configuration class's default (transformers,
 * models/*\/configuration_*.py), by the model_type of the whole model or of its text tower.
 */
const POSITIONS: Readonly<Record<string, number>> = {
  aimv2: 77,
  align: 512,
  bert: 512,
  blip: 512,
  'blip-2': 512,
  chinese_clip: 512,
  clip: 77,
  clipseg: 77,
  distilbert: 512,
  electra: 512,
  flava: 512,
  groupvit: 77,
  metaclip_2: 77,
  siglip: 64,
  siglip2: 64,
  xclip: 77,
};

/** What is known of how long a model's texts are. */
export interface LengthSources {
  /** Tokens that the text graph itself insists on. */
  readonly graphLength?: number | undefined;
  /** Tokens that open_clip's config states, which go before what the tokenizer's files do. */
  readonly contextLength?: number | undefined;
  /** config.json's model_type. */
  readonly modelType?: string | undefined;
  /** The text config's max_position_embeddings. */
  readonly maxPositions?: number | undefined;
}

export interface TextLength {
  readonly tokens: number;
  /** A noun for where the number stands. */
  readonly source: string;
}

/**
 * The tokens that every text is cut and padded to (GDBENCH.md 1.4): the graph's own, else model_max_length, else
 * max_position_embeddings, else what tokenizer.json fixes, else the class's default.
 *
 * @returns undefined where nothing says one.
 */
export function textLength(
  sources: LengthSources,
  settings: TokenizerSettings,
  file: Pick<TokenizerFile, 'truncation' | 'padding'>,
): TextLength | undefined {
  const stated = settings.maxLength !== undefined && settings.maxLength <= NO_LENGTH ? settings.maxLength : undefined;
  const type = sources.modelType?.replace(/_text_model$/, '');
  const byType = type !== undefined && Object.hasOwn(POSITIONS, type) ? POSITIONS[type] : undefined;
  const candidates: [number | undefined, string][] = [
    [sources.graphLength, "the text graph's own input"],
    [sources.contextLength, "`context_length` of open_clip's configuration"],
    [stated, `\`model_max_length\` of ${settings.file}`],
    [sources.maxPositions, '`max_position_embeddings` of the text config'],
    [file.truncation?.max_length, '`truncation` of tokenizer.json'],
    [fixedPadding(file), '`padding` of tokenizer.json'],
    [byType, `the default of the model type ${type}`],
    [settings.kind.length, `the default of ${settings.className}`],
  ];
  const found = candidates.find(([tokens]) => tokens !== undefined);
  return found && { tokens: found[0]!, source: found[1] };
}

const fixedPadding = ({ padding }: Pick<TokenizerFile, 'padding'>): number | undefined =>
  padding && typeof padding.strategy === 'object' ? padding.strategy.Fixed : undefined;

type Parts = Pick<FaultParts, 'file' | 'found' | 'expected' | 'remedy'>;

/**
 * Where tokenizer.json says otherwise about cutting and padding than the length that was found, the sides and the padding token.
 *
 * @param file path of tokenizer.json, for messages.
 */
export function contradictions(
  file: string,
  { truncation, padding }: Pick<TokenizerFile, 'truncation' | 'padding'>,
  settings: TokenizerSettings,
  length: TextLength,
  pad: { readonly id: number; readonly token: string },
): Parts[] {
  const found: Parts[] = [];
  const { tokens, source } = length;
  const right = `${tokens} tokens, as ${source} says`;
  const lengths: [string, number | undefined][] = [
    ['`truncation` cuts texts to', truncation?.max_length],
    ['`padding` pads texts to', fixedPadding({ padding })],
  ];
  for (const [what, have] of lengths) {
    if (have === undefined || have === tokens) continue;
    const remedy = 'set both to the length that the model was trained with';
    found.push({ file, found: `says that ${what} ${have}`, expected: right, remedy });
  }
  const multiple = padding?.pad_to_multiple_of;
  if (multiple && tokens % multiple !== 0) {
    const remedy = 'set it to null where the model was trained without';
    const expected = `a divisor of ${right}`;
    found.push({ file, found: `says that \`padding\` pads texts to a multiple of ${multiple}`, expected, remedy });
  }
  const sides: [string, string | null | undefined, string | undefined][] = [
    ['padding', padding?.direction, settings.paddingSide],
    ['truncation', truncation?.direction, settings.truncationSide],
  ];
  for (const [what, have, want] of sides) {
    if (!have || !want || have.toLowerCase() === want) continue;
    const expected = `${want}, as \`${what}_side\` of ${settings.file} says`;
    found.push({
      file,
      found: `says that the side of \`${what}\` is ${have.toLowerCase()}`,
      expected,
      remedy: 'make them agree',
    });
  }
  if (padding?.pad_id != null && padding.pad_id !== pad.id) {
    const expected = `the id ${pad.id} of ${pad.token}`;
    found.push({
      file,
      found: `says that \`padding\` pads with the id ${padding.pad_id}`,
      expected,
      remedy: 'make them agree',
    });
  }
  return found;
}
