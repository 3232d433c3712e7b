import { expect, it } from 'vitest';
import { editionLines, editionText } from './edition.ts';

const whole = { state: 'WHOLE', name: 'builtin 4', examples: 400, of: 400 } as const;
const part = { state: 'PART', name: 'official', examples: 21, of: 8036 } as const;
const unknown = { state: 'UNKNOWN', name: null, examples: 9, of: null } as const;

it('an edition in words', () => {
  expect([whole, part, unknown].map(editionText)).toEqual(['whole, builtin 4', 'part, 21 of 8,036', 'unknown edition']);
});

it('tasks by the edition of their data', () => {
  expect(editionLines([{ title: 'A', edition: whole }, { title: 'B', edition: whole }, { title: 'C' }])).toEqual([
    'builtin 4, whole',
  ]);
  const mixed = [
    { title: 'A', edition: whole },
    { title: 'B', edition: part },
    { title: 'C', edition: unknown },
  ];
  expect(editionLines(mixed)).toEqual([
    'builtin 4, whole: A',
    'a part, without a rank: B (21 of 8,036)',
    'unknown, without a rank: C',
  ]);
  expect(editionLines([{ title: 'C', edition: null }])).toEqual([]);
});
