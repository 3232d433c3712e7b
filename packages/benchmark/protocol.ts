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
export type SampledProtocol = (typeof PROTOCOLS_OF)['diffusion'][number];
export type Protocol = (typeof PROTOCOLS_OF)[keyof typeof PROTOCOLS_OF][number];
/** Those that draw every sample of every pair, so that stored errors hold all they need; a race leaves some undrawn. */
export type ExactProtocol = Exclude<SampledProtocol, 'diffusion-itm-adaptive'>;

/** Those that stand on the board together. */
export const BOARD_PROTOCOLS: readonly string[] = Object.values(PROTOCOLS_OF).map(([first]) => first);

export const PROTOCOLS = [
  ...PROTOCOLS_OF.diffusion,
  ...PROTOCOLS_OF['dual-encoder'],
  ...PROTOCOLS_OF['matching-head'],
] as const satisfies readonly Protocol[];

export function isProtocol(name: string): name is Protocol {
  return (PROTOCOLS as readonly string[]).includes(name);
}

export function isBoardProtocol(protocol: string): boolean {
  return BOARD_PROTOCOLS.includes(protocol);
}

/** Whether a protocol draws samples of noise, so that a number of samples and a seed belong to its scores. */
export function isSampled(protocol: string): protocol is SampledProtocol {
  return (PROTOCOLS_OF.diffusion as readonly string[]).includes(protocol);
}

/** Whether a candidate may drop out before the sample budget is spent: its scores are no exact result. */
export function isAdaptive(protocol: string): boolean {
  return protocol === 'diffusion-itm-adaptive';
}

export function isExact(protocol: string): protocol is ExactProtocol {
  return isSampled(protocol) && !isAdaptive(protocol);
}

export const EXACT_PROTOCOLS: readonly ExactProtocol[] = PROTOCOLS_OF.diffusion.filter(isExact);
