import { expect, it } from 'vitest';
import { z } from 'zod';
import { misfitsOf } from './json-misfit.ts';

const edge = z.looseObject({ shortest_edge: z.number() });
const schema = z.looseObject({
  size: z.union([z.number().int().min(1), edge, z.looseObject({ height: z.number(), width: z.number() })]).nullish(),
  mean: z.array(z.number()).length(3).optional(),
  type: z.enum(['linear', 'cosine']).optional(),
  steps: z.number().int().min(1).max(1000).optional(),
  name: z.string().optional(),
  flag: z.literal(false).optional(),
  nested: z.looseObject({ deep: z.string() }).optional(),
  std: z
    .number()
    .refine((value) => value !== 0, 'nothing can be divided by 0')
    .optional(),
});

const said = (value: unknown) => {
  const { error } = schema.safeParse(value);
  return error ? misfitsOf('a.json', value, error).map(({ found, expected }) => `${found} | ${expected}`) : [];
};

it.each<[unknown, string]>([
  [{ size: '224' }, 'has the text "224" as `size` | a number or an object'],
  [
    { size: {} },
    'has an object as `size` | a number or an object with `shortest_edge` or an object with `height` and `width`',
  ],
  [{ mean: [1, 2] }, 'has the list [1, 2] as `mean` | a list of at least 3'],
  [{ mean: [1, 'x', 2] }, 'has the text "x" as `mean.1` | a number'],
  [{ type: 'wavy' }, 'has the text "wavy" as `type` | one of `linear`, `cosine`'],
  [{ steps: 0 }, 'has 0 as `steps` | a number of at least 1'],
  [{ steps: 1e6 }, 'has 1000000 as `steps` | a number of at most 1000'],
  [{ steps: 1.5 }, 'has 1.5 as `steps` | a whole number'],
  [{ steps: null }, 'has null as `steps` | a number'],
  [{ steps: Number.POSITIVE_INFINITY }, 'has Infinity as `steps` | a finite number'],
  [{ steps: Number.NaN }, 'has NaN as `steps` | a finite number'],
  [{ mean: [1, Number.NaN, 2] }, 'has NaN as `mean.1` | a finite number'],
  [{ name: ['a'] }, 'has a list of 1 as `name` | a text'],
  [{ flag: true }, 'has true as `flag` | false'],
  [{ nested: {} }, 'lacks `nested.deep` | a text'],
  [{ std: 0 }, 'has 0 as `std` (nothing can be divided by 0) | a value that GDBench can use'],
  [[], 'holds the list [] | an object'],
  ['x', 'holds the text "x" | an object'],
])('%j is told in words of ours', (value, sentence) => expect(said(value)).toEqual([sentence]));

it('every field that does not fit is told, and nothing of a text that steers a terminal', () => {
  expect(said({ steps: 0, name: 1, type: '\u001b[2J' })).toEqual([
    'has the text "\ufffd[2J" as `type` | one of `linear`, `cosine`',
    'has 0 as `steps` | a number of at least 1',
    'has 1 as `name` | a text',
  ]);
});
