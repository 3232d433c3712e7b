import { expect, it } from 'vitest';
import type { Row } from './order.ts';
import { editionNote, subline } from './state.ts';

const done = (evaluation: Partial<Row['evaluation']>, otherData: string[] = []) =>
  subline({
    checkpoint: { parameters: 1_200_000 },
    evaluation: { state: 'DONE', protocol: 'diffusion-itm', samples: null, limit: null, ...evaluation },
    otherData,
  } as unknown as Row);

it('a row that is done says how it was measured, and on which tasks with other data', () => {
  expect(done({ samples: 25 })).toBe('diffusion-itm · 1.2 M · 25 samples');
  expect(done({ samples: 25, limit: 8 })).toBe('diffusion-itm · 1.2 M · 25 samples · first 8 of each');
  expect(done({ protocol: 'cosine' }, ['clevr', 'pets'])).toBe('cosine · 1.2 M · other data: clevr, pets');
  // named by a badge
  expect(done({ protocol: 'diffusion-itm-gray', samples: 25 })).toBe('1.2 M · 25 samples');
});

it('a row says which of its tasks were not scored on all of a known edition', () => {
  expect(editionNote({ notWhole: [] })).toBe('');
  expect(editionNote({ notWhole: ['clevr', 'pets'] })).toBe('not whole: clevr, pets');
  expect(editionNote({ notWhole: ['clevr', 'pets', 'svo_obj', 'mmbias'] })).toBe('not whole: clevr, pets and 2 more');
});
