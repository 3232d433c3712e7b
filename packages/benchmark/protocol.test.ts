import { expect, test } from 'vitest';
import { BOARD_PROTOCOLS, EXACT_PROTOCOLS, isSampled, PROTOCOLS } from './protocol.ts';

test('the protocols, those that sample, those that keep every sample, and those of the board are the contract’s', () => {
  const exact = ['diffusion-itm', 'diffusion-classifier', 'diffusion-itm-unnormalized', 'diffusion-itm-gray'];
  const sampled = [...exact, 'diffusion-itm-adaptive'];
  expect(new Set(PROTOCOLS)).toEqual(new Set([...sampled, 'cosine', 'matching']));
  expect(PROTOCOLS.filter(isSampled)).toEqual(sampled);
  expect(EXACT_PROTOCOLS).toEqual(exact);
  expect(BOARD_PROTOCOLS).toEqual(['diffusion-itm', 'cosine', 'matching']);
});
