import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CheckpointFault } from '../checkpoint/fault.ts';
import type { Port } from '../runtime/session.ts';
import type { TextRole } from './text-roles.ts';
import { fitAtOnce, provenWindow, type TextWindow, width } from './text-window.ts';
import type { TextTokenizer, Tokens } from './tokenizer.ts';

type Side = 'left' | 'right';

/** A token a letter, padded on a side. */
function tokenizer(length: number, side: Side = 'right'): TextTokenizer {
  return {
    length,
    encode(text) {
      const letters = Array.from(text.slice(0, length), (letter) => letter.charCodeAt(0));
      const at = side === 'left' ? length - letters.length : 0;
      const [ids, mask] = [new Int32Array(length), new Int32Array(length)];
      ids.set(letters, at);
      mask.fill(1, at, at + letters.length);
      return { ids, mask };
    },
  };
}

const ports = (tokens: number | string, roles: readonly TextRole[] = ['input_ids', 'attention_mask']) =>
  new Map(roles.map((name): [TextRole, Port] => [name, { name, type: 'int64', shape: ['texts', tokens] }]));

/** A model of a text's own tokens; `of` may make it one of other things too. */
type Model = (text: Tokens, window: TextWindow, beside: readonly Tokens[]) => number;
const own: Model = ({ ids, mask }) => ids.reduce((sum, id, i) => sum + Math.sin(id) * mask[i]!, 0);
const running = (model: Model) => async (texts: readonly Tokens[], window: TextWindow) =>
  texts.map((text) => Float32Array.of(model(text, window, texts)));

const sides = fc.constantFrom<Side>('left', 'right');

describe('the window of texts', () => {
  it('holds every token of a batch, in as few steps of 16 as there are, where padding changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 400, max: 9000 }),
        sides,
        fc.array(fc.string({ minLength: 1, maxLength: 200 }), { minLength: 1, maxLength: 5 }),
        async (length, side, words) => {
          const of = tokenizer(length, side);
          const windowOf = await provenWindow(ports('tokens'), of, running(own));
          const window = windowOf(words.map((text) => of.encode(text)));
          const longest = Math.max(...words.map((text) => text.length));
          expect(width(window)).toBe(Math.min(length, Math.ceil(longest / 16) * 16));
          expect(side === 'left' ? window.to : window.from).toBe(side === 'left' ? length : 0);
        },
      ),
    );
  });

  it('is that of all padding in a batch with a text of full length', async () => {
    const of = tokenizer(400);
    const windowOf = await provenWindow(ports('tokens'), of, running(own));
    expect(windowOf([of.encode('a'), of.encode('b'.repeat(999))])).toEqual({ from: 0, to: 400 });
  });

  const NOISE = 1e-7;
  it.each<[string, Model]>([
    ['the padding', (text, window) => own(text, window, []) + NOISE * width(window)],
    ['padding beyond some length', (text, window) => own(text, window, []) + (width(window) > 900 ? NOISE : 0)],
    [
      'the texts beside it',
      (text, window, beside) =>
        own(text, window, []) + NOISE * beside.reduce((sum, { mask }) => sum + mask.indexOf(0), 0),
    ],
  ])('is that of all padding where a text’s values depend on %s', async (_, model) => {
    // What differs must be seen in float32.
    const strong: Model = (text, window, beside) => model(text, window, beside) * 1e6;
    const windowOf = await provenWindow(ports('tokens'), tokenizer(8192), running(strong));
    expect(windowOf([tokenizer(8192).encode('a')])).toEqual({ from: 0, to: 8192 });
  });

  it('is that of all padding where the graph fails at another length', async () => {
    const run = async (texts: readonly Tokens[], window: TextWindow) => {
      if (width(window) !== 16)
        throw new CheckpointFault({
          file: 'model.onnx',
          found: 'fails when it runs',
          expected: 'a graph of any length',
          remedy: 'export it again',
          gravity: 'file',
        });
      return running(own)(texts, window);
    };
    expect(width((await provenWindow(ports('tokens'), tokenizer(500), run))([tokenizer(500).encode('a')]))).toBe(500);
  });

  it.each<[string, ReadonlyMap<TextRole, Port>, number]>([
    ['a graph that takes no mask', ports('tokens', ['input_ids']), 8192],
    ['a graph that insists on a length', ports(300), 300],
    ['a tokenizer of few tokens', ports('tokens'), 77],
  ])('is that of all padding, without a trial, for %s', async (_, inputs, length) => {
    const run = () => Promise.reject(new Error('nothing is to be tried'));
    const of = tokenizer(length);
    expect((await provenWindow(inputs, of, run))([of.encode('a')])).toEqual({ from: 0, to: length });
  });

  it('is tried on no more than 1,024 tokens, whatever the length', async () => {
    const widths: number[] = [];
    await provenWindow(ports('tokens'), tokenizer(8192), async (texts, window) => {
      widths.push(width(window));
      return running(own)(texts, window);
    });
    expect(Math.max(...widths)).toBe(1024);
  });

  it('lets no more texts go at once than their pairs of tokens allow, and always one', () => {
    const at = (tokens: number) => fitAtOnce(() => ({ from: 0, to: tokens }));
    const some = (count: number) => new Array<Tokens>(count).fill(tokenizer(1).encode('a'));
    expect([32, 33].map((count) => at(256)(some(count)))).toEqual([true, false]);
    expect([1, 2].map((count) => at(1024)(some(count)))).toEqual([true, true]);
    expect(at(8192)(some(2))).toBe(false);
  });
});
