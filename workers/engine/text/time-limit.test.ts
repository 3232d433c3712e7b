import { expect, it } from 'vitest';
import { newFolder, writeFiles } from '../../../test/support/folder.ts';
import { openFolder } from '../checkpoint/folder.ts';
import { withinTime } from './time-limit.ts';
import { openTokenizer } from './tokenizer.ts';

/** Tries every way to cut the letters: 2^60 of them. */
const PATTERN = '(a+)+$';
const TEXT = `${'a'.repeat(60)}!`;

it('ends a pattern that tries without end, and goes on', () => {
  expect(withinTime(50, () => new RegExp(`^${PATTERN}`).test(TEXT))).toBeNull();
  expect(withinTime(60_000, () => 'done')).toEqual({ value: 'done' });
});

it('passes on what the work throws', () => {
  const fault = new TypeError('mine');
  expect(() =>
    withinTime(60_000, () => {
      throw fault;
    }),
  ).toThrow(fault);
});

it('refuses a tokenizer by name whose pattern tries without end', async () => {
  const dir = newFolder();
  await writeFiles(dir, {
    'tokenizer_config.json': { model_max_length: 7 },
    'tokenizer.json': {
      model: { type: 'WordPiece', vocab: { a: 0, '[UNK]': 1 } },
      pre_tokenizer: { type: 'Split', pattern: { Regex: PATTERN }, behavior: 'Isolated', invert: false },
    },
  });
  const tokenizer = await openTokenizer(await openFolder(dir), '', { patience: { text: 500 } });
  expect(() => tokenizer.encode(TEXT)).toThrow(
    /^tokenizer.json takes more than 0.5 s for the text "a{60}": one of its patterns tries without end, or its vocabulary is too large, where .* is expected; simplify it\.$/,
  );
});

it('gives opening a tokenizer a time of its own, in which a text would long be refused', async () => {
  const dir = newFolder();
  const pieces = Array.from({ length: 20_000 }, (_, id) => [`piece${id}`, id + 2]);
  await writeFiles(dir, {
    'tokenizer_config.json': { model_max_length: 7 },
    'tokenizer.json': {
      model: { type: 'WordPiece', vocab: { a: 0, '[UNK]': 1, ...Object.fromEntries(pieces) } },
      pre_tokenizer: { type: 'Whitespace' },
    },
  });
  const folder = await openFolder(dir);
  expect((await openTokenizer(folder, '', { patience: { text: 1 } })).length).toBe(7);
  await expect(openTokenizer(folder, '', { patience: { opening: 1 } })).rejects.toThrow(
    /^tokenizer.json takes more than 0.001 s to be opened: /,
  );
});
