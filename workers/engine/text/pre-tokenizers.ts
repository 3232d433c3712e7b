import { z } from 'zod';
import { matcher, parts, pattern, read, UnknownStep } from './normalizers.ts';
import type { Step } from './tokenizer-json.ts';

/*
 * The pre-tokenizers of a tokenizer.json, as the tokenizers library's Rust sources have them (tokenizers/src/pre_tokenizers). The
 * JavaScript library's own know neither all behaviours of a split nor letters beyond ASCII everywhere.
 */

/** @param first whether the text stands at the start of all that is encoded. */
export type PreTokenize = (text: string, first: boolean) => string[];

const BEHAVIOURS = ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'] as const;
type Behaviour = (typeof BEHAVIOURS)[number];
const behavior = z.enum(BEHAVIOURS);

const split = z.object({ pattern, behavior, invert: z.boolean().default(false) });
const metaspace = z.object({
  replacement: z.string().default('\u2581'),
  prepend_scheme: z.enum(['always', 'first', 'never']).optional(),
  // What older files say instead.
  add_prefix_space: z.boolean().optional(),
  split: z.boolean().default(true),
});
const byteLevel = z.object({ add_prefix_space: z.boolean().default(true), use_regex: z.boolean().default(true) });

const ASCII_PUNCTUATION = '!-\\/:-@\\[-`{-~';
const PUNCTUATION = new RegExp(`[\\p{P}${ASCII_PUNCTUATION}]`, 'gu');
const SPACE = /\p{White_Space}/gu;
const LETTERS = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}';
const WORD = new RegExp(`[${LETTERS}]+|[^${LETTERS}\\p{White_Space}]+`, 'gu');
/** GPT-2's. */
const BYTE_LEVEL =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/** @throws UnknownStep; whatever the pattern of a split makes the library throw. */
export function preTokenizer(step: Step): PreTokenize {
  switch (step.type) {
    case 'Sequence':
      return inTurn(parts(step, 'pretokenizers').map(preTokenizer));
    case 'Whitespace':
      return (text) => divide(text, WORD, 'Removed', true);
    case 'WhitespaceSplit':
      return (text) => divide(text, SPACE, 'Removed');
    case 'BertPreTokenizer':
      return (text) => divide(text, SPACE, 'Removed').flatMap((word) => divide(word, PUNCTUATION, 'Isolated'));
    case 'Punctuation': {
      const how = read(step, z.object({ behavior: behavior.default('Isolated') })).behavior;
      return (text) => divide(text, PUNCTUATION, how);
    }
    case 'Digits': {
      const { individual_digits: single } = read(step, z.object({ individual_digits: z.boolean().default(false) }));
      return (text) => divide(text, /\p{N}/gu, single ? 'Isolated' : 'Contiguous');
    }
    case 'Split': {
      const { pattern: of, behavior: how, invert } = read(step, split);
      const found = matcher(of);
      return (text) => divide(text, found, how, invert);
    }
    case 'Metaspace':
      return metaspaces(read(step, metaspace));
    case 'ByteLevel':
      return byteLevels(read(step, byteLevel));
    default:
      throw new UnknownStep(`the pre-tokenizer ${step.type}`);
  }
}

function inTurn(steps: readonly PreTokenize[]): PreTokenize {
  return (text, first) =>
    steps
      .reduce<{ text: string; first: boolean }[]>(
        (so, step) =>
          so.flatMap((piece) => {
            const found = step(piece.text, piece.first);
            return found.map((of, i) => ({ text: of, first: piece.first && i === 0 && piece.text.startsWith(of) }));
          }),
        [{ text, first }],
      )
      .map((piece) => piece.text);
}

/** Whether a text's first piece has a space put before it. */
export function prefixes(step: Step): boolean {
  if (step.type === 'Sequence') return parts(step, 'pretokenizers').some(prefixes);
  if (step.type === 'ByteLevel') return read(step, byteLevel).add_prefix_space;
  return step.type === 'Metaspace' && schemeOf(read(step, metaspace)) !== 'never';
}

const schemeOf = ({ prepend_scheme: scheme, add_prefix_space: prefix }: z.output<typeof metaspace>) =>
  scheme ?? (prefix === false ? 'never' : 'always');

function metaspaces(of: z.output<typeof metaspace>): PreTokenize {
  const scheme = schemeOf(of);
  const mark = of.replacement;
  const found = matcher({ String: mark });
  return (text, first) => {
    const marked = text.replaceAll(' ', () => mark);
    const bare = text !== '' && !marked.startsWith(mark);
    const whole = bare && (scheme === 'always' || (scheme === 'first' && first)) ? mark + marked : marked;
    if (of.split) return divide(whole, found, 'MergedWithNext');
    return whole === '' ? [] : [whole];
  };
}

function byteLevels({ add_prefix_space: prefix, use_regex: regex }: z.output<typeof byteLevel>): PreTokenize {
  return (text) => {
    const whole = prefix && !text.startsWith(' ') ? ` ${text}` : text;
    const words = regex ? divide(whole, BYTE_LEVEL, 'Isolated') : [whole];
    return words.map((word) => Array.from(Buffer.from(word), (byte) => BYTES[byte]!).join(''));
  };
}

/** What GPT-2 writes each byte as: itself where it is printed, else one of the letters from U+0100 on. */
const BYTES = bytes();
function bytes(): string[] {
  const printed = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printed(byte) ? byte : next++));
}

interface Span {
  start: number;
  end: number;
  readonly match: boolean;
}

/**
 * Cuts a text where a pattern is found (NormalizedString::split).
 *
 * @param invert what is not found is what counts.
 */
export function divide(text: string, found: RegExp, how: Behaviour, invert = false): string[] {
  const spans = merged(spansOf(text, found, invert), how);
  return spans.map(({ start, end }) => text.slice(start, end)).filter((piece) => piece !== '');
}

function spansOf(text: string, found: RegExp, invert: boolean): Span[] {
  const spans: Span[] = [];
  let at = 0;
  for (const match of text.matchAll(found)) {
    const end = match.index + match[0].length;
    if (match.index > at) spans.push({ start: at, end: match.index, match: invert });
    spans.push({ start: match.index, end, match: !invert });
    at = end;
  }
  if (at < text.length) spans.push({ start: at, end: text.length, match: invert });
  return spans;
}

function merged(spans: readonly Span[], how: Behaviour): readonly Span[] {
  switch (how) {
    case 'Removed':
      return spans.filter(({ match }) => !match);
    case 'Isolated':
      return spans;
    case 'Contiguous':
      return joined(spans, (span, before) => span.match === before.match);
    case 'MergedWithPrevious':
      return joined(spans, (span, before) => span.match && !before.match);
    case 'MergedWithNext':
      return joined(spans.toReversed(), (span, before) => span.match && !before.match).toReversed();
  }
}

/** Joins each span to the one before it (in the order given) where `joins` says so; both keep what they were. */
function joined(spans: readonly Span[], joins: (span: Span, before: Span) => boolean): Span[] {
  const kept: Span[] = [];
  spans.forEach((span, i) => {
    const last = kept.at(-1);
    const before = spans[i - 1];
    if (!last || !before || !joins(span, before)) {
      kept.push({ ...span });
      return;
    }
    last.start = Math.min(last.start, span.start);
    last.end = Math.max(last.end, span.end);
  });
  return kept;
}
