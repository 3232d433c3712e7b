/**
 * Ways to score a checkpoint (GDBENCH.md 1.1), by its kind as inspection names it, the kind's default first. Rows of the
 * defaults stand on one board; every other protocol has a list of its own, for its figures are another measurement.
 */
export const PROTOCOLS_OF = {
  diffusion: [
    'diffusion-itm',
    'diffusion-classifier',
    'diffusion-itm-unnormalized',
    'diffusion-itm-gray',
    'diffusion-itm-adaptive',
  ],
  'dual-encoder': ['cosine'],
  'matching-head': ['matching'],
} as const;

/** Those that stand on the board together. */
export const BOARD_PROTOCOLS: readonly string[] = Object.values(PROTOCOLS_OF).map(([first]) => first);

export const ALL_PROTOCOLS: readonly string[] = Object.values(PROTOCOLS_OF).flat();

export function isBoardProtocol(protocol: string): boolean {
  return BOARD_PROTOCOLS.includes(protocol);
}

/** Whether a protocol draws samples of noise, so that a number of samples and a seed belong to its scores. */
export function isSampled(protocol: string): boolean {
  return (PROTOCOLS_OF.diffusion as readonly string[]).includes(protocol);
}
