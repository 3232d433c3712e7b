import { ALL_PROTOCOLS, BOARD_PROTOCOLS, isSampled } from '@gdbench/benchmark/protocol';
import { expect, test } from 'vitest';
import { PROTOCOLS, SAMPLED_PROTOCOLS } from '../engine/models/scorer.ts';

test('the board and the engine know the same protocols, and agree on which of them sample', () => {
  expect(new Set(ALL_PROTOCOLS)).toEqual(new Set(PROTOCOLS));
  expect(ALL_PROTOCOLS.filter(isSampled)).toEqual([...SAMPLED_PROTOCOLS]);
  expect(BOARD_PROTOCOLS).toEqual(['diffusion-itm', 'cosine', 'matching']);
});
