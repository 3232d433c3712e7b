import { z } from 'zod';
import { parts, read, UnknownStep } from './normalizers.ts';
import type { Step } from './tokenizer-json.ts';
import type { TokenizerSettings } from './tokenizer-settings.ts';

/** The ids that stand before and behind every text. */
export interface Frame {
  readonly start: readonly number[];
  readonly end: readonly number[];
}

const NOTHING: Frame = { start: [], end: [] };
const id = z.number().int().min(0);
const pair = z.tuple([z.string(), id]);
const around = z.object({ sep: pair, cls: pair });
// Texts are fed as token type 0 throughout.
const place = z.object({ type_id: z.literal(0).default(0), id: z.string() });
const template = z.object({
  single: z.array(z.union([z.object({ SpecialToken: place }), z.object({ Sequence: place })])),
  special_tokens: z.record(z.string(), z.object({ ids: z.array(id) })).default({}),
});

/**
 * What a post-processor puts around a text (the tokenizers library, tokenizers/src/processors).
 *
 * @throws UnknownStep
 */
export function frameOf(step: Step | null | undefined): Frame {
  if (!step) return NOTHING;
  switch (step.type) {
    case 'Sequence':
      return parts(step, 'processors').map(frameOf).reduce(within, NOTHING);
    case 'ByteLevel':
      return NOTHING;
    case 'BertProcessing':
    case 'RobertaProcessing': {
      const { cls, sep } = read(step, around);
      return { start: [cls[1]], end: [sep[1]] };
    }
    case 'TemplateProcessing':
      return fromTemplate(read(step, template));
    default:
      throw new UnknownStep(`the post-processor ${step.type}`);
  }
}

/** A frame inside another: the later step stands further out. */
const within = (inner: Frame, outer: Frame): Frame => ({
  start: [...outer.start, ...inner.start],
  end: [...inner.end, ...outer.end],
});

function fromTemplate({ single, special_tokens: special }: z.output<typeof template>): Frame {
  const at = single.findIndex((item) => 'Sequence' in item);
  const sequences = single.filter((item) => 'Sequence' in item);
  if (sequences.length !== 1 || sequences[0]!.Sequence.id !== 'A')
    throw new UnknownStep('a template that does not hold the text once');
  const idsOf = (items: typeof single) =>
    items.flatMap((item) => {
      const name = 'SpecialToken' in item ? item.SpecialToken.id : '';
      const ids = special[name]?.ids;
      if (!ids) throw new UnknownStep(`a template whose token ${name.slice(0, 60)} has no id`);
      return ids;
    });
  return { start: idsOf(single.slice(0, at)), end: idsOf(single.slice(at + 1)) };
}

/** Where a frame and tokenizer_config.json say different things, as parts of a fault. */
export interface FrameMisfit {
  readonly found: string;
  readonly expected: string;
}

/**
 * Holds a frame against tokenizer_config.json: `add_bos_token` and `add_eos_token` must say what it is (transformers 4 obeys them
 * against tokenizer.json in some classes, transformers 5 in none), and the tokens that are named for start and end must be its own.
 *
 * @param idOf an id of the vocabulary.
 */
export function checkFrame(
  frame: Frame,
  { kind, special, addBos, addEos }: TokenizerSettings,
  idOf: (token: string) => number | undefined,
): Frame | FrameMisfit {
  const [start, end] = kind.frame;
  const sides = [
    { flag: 'add_bos_token', stated: addBos, name: addBos ? 'bos_token' : start, ids: frame.start, where: 'before' },
    { flag: 'add_eos_token', stated: addEos, name: addEos ? 'eos_token' : end, ids: frame.end, where: 'behind' },
  ] as const;
  for (const { flag, stated, name, ids, where } of sides) {
    if (stated !== undefined && stated !== ids.length > 0) return misfit(`says \`${flag}\` is ${stated}`, ids, where);
    const text = name === null ? undefined : (special[name] ?? kind.tokens[name]);
    if (text === undefined || (ids.length === 1 && ids[0] === idOf(text))) continue;
    const is = special[name!] === undefined ? 'leaves' : 'names';
    return misfit(`${is} ${text.slice(0, 60)} as \`${name}\`${is === 'leaves' ? ", its class's own" : ''}`, ids, where);
  }
  return frame;
}

function misfit(found: string, ids: readonly number[], where: string): FrameMisfit {
  const have = ids.length === 0 ? 'nothing' : ids.length === 1 ? `the id ${ids[0]}` : `the ids ${ids.join(', ')}`;
  return { found, expected: `what the post-processor says, which puts ${have} ${where} a text` };
}
