/**
 * The diffusers schedulers whose noise schedule and meaning of t are known: abar comes from betas, and the network is told the
 * training step. Facts from the constructors of diffusers 0.1 to 0.40. What is not listed here is refused by name.
 */

export const BETA_SCHEDULES = ['linear', 'scaled_linear', 'squaredcos_cap_v2', 'sigmoid', 'laplace', 'exp'] as const;
export type BetaSchedule = (typeof BETA_SCHEDULES)[number];

export const PREDICTION_TYPES = ['epsilon', 'v_prediction', 'sample'] as const;
export type PredictionType = (typeof PREDICTION_TYPES)[number];

/** What abar is at the last step once it was rescaled: 0, or 2^-24 in the classes that divide by it. */
export type ZeroSnr = 'zero' | 'almost zero';

export interface SchedulerClass {
  /** Where the file is silent, or null. */
  readonly defaults: { readonly beta_start: number; readonly beta_end: number; readonly beta_schedule: BetaSchedule };
  /** The values of beta_schedule that the class knows. */
  readonly schedules: readonly BetaSchedule[];
  /** How the class obeys rescale_betas_zero_snr; null: it does not read it. */
  readonly zeroSnr: ZeroSnr | null;
  /** Whether older releases of the class read predict_epsilon, false for a predicted sample. */
  readonly predictEpsilon: boolean;
}

const USUAL = ['linear', 'scaled_linear', 'squaredcos_cap_v2'] as const;
const DDPM = { beta_start: 0.0001, beta_end: 0.02, beta_schedule: 'linear' } as const;
const KARRAS = { beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'linear' } as const;
const LATENT = { beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'scaled_linear' } as const;
const PLAIN: SchedulerClass = { defaults: DDPM, schedules: USUAL, zeroSnr: null, predictEpsilon: false };

const KNOWN = {
  DDPMScheduler: { ...PLAIN, schedules: [...USUAL, 'sigmoid', 'laplace'], zeroSnr: 'zero', predictEpsilon: true },
  DDPMParallelScheduler: { ...PLAIN, schedules: [...USUAL, 'sigmoid'], zeroSnr: 'zero' },
  DDIMScheduler: { ...PLAIN, zeroSnr: 'zero', predictEpsilon: true },
  DDIMParallelScheduler: { ...PLAIN, zeroSnr: 'zero' },
  DDIMInverseScheduler: { ...PLAIN, zeroSnr: 'zero' },
  PNDMScheduler: PLAIN,
  LMSDiscreteScheduler: PLAIN,
  EulerDiscreteScheduler: { ...PLAIN, zeroSnr: 'almost zero' },
  EulerAncestralDiscreteScheduler: { ...PLAIN, zeroSnr: 'almost zero' },
  HeunDiscreteScheduler: { ...PLAIN, defaults: KARRAS, schedules: [...USUAL, 'exp'] },
  KDPM2DiscreteScheduler: { ...PLAIN, defaults: KARRAS },
  KDPM2AncestralDiscreteScheduler: { ...PLAIN, defaults: KARRAS },
  DPMSolverMultistepScheduler: { ...PLAIN, zeroSnr: 'almost zero', predictEpsilon: true },
  DPMSolverMultistepInverseScheduler: PLAIN,
  DPMSolverSinglestepScheduler: PLAIN,
  DPMSolverSDEScheduler: { ...PLAIN, defaults: KARRAS },
  DEISMultistepScheduler: PLAIN,
  UniPCMultistepScheduler: { ...PLAIN, zeroSnr: 'almost zero' },
  SASolverScheduler: PLAIN,
  LCMScheduler: { ...PLAIN, defaults: LATENT, zeroSnr: 'zero' },
  TCDScheduler: { ...PLAIN, defaults: LATENT, zeroSnr: 'zero' },
} as const satisfies Record<string, SchedulerClass>;

export const SCHEDULER_CLASSES: ReadonlyMap<string, SchedulerClass> = new Map(Object.entries(KNOWN));

/** What a field does to a score. */
export type FieldEffect =
  /** It makes the schedule or the prediction (scheduler-config.ts). */
  | 'applied'
  /** It shapes how images are drawn, and neither abar nor what the network is told or predicts. */
  | 'none'
  /** Any other value than this is another process, or another meaning of t. */
  | { readonly neutral: string | number | boolean | null; readonly otherwise: string };

const FLOW = 'noise of flow matching, where x_t is no mixture by abar';

/**
 * Every field of the classes above, those of older releases among them. diffusers keeps the fields of one class when another is made
 * of its file, so that any of them may stand in any file.
 */
export const SCHEDULER_FIELDS: Readonly<Record<string, FieldEffect>> = {
  num_train_timesteps: 'applied',
  beta_start: 'applied',
  beta_end: 'applied',
  beta_schedule: 'applied',
  trained_betas: 'applied',
  prediction_type: 'applied',
  predict_epsilon: 'applied',
  rescale_betas_zero_snr: 'applied',
  /** The name of num_train_timesteps before 0.1. */
  timesteps: 'applied',
  use_flow_sigmas: { neutral: false, otherwise: FLOW },
  flow_shift: { neutral: 1, otherwise: FLOW },
  use_dynamic_shifting: { neutral: false, otherwise: FLOW },
  timestep_type: {
    neutral: 'discrete',
    otherwise: 'a network that is told ln(sigma) / 4 instead of the training step',
  },
  timestep_values: { neutral: null, otherwise: 'training steps of its own numbering' },
  // Which steps a sampler takes, and where it ends.
  timestep_spacing: 'none',
  steps_offset: 'none',
  set_alpha_to_one: 'none',
  set_alpha_to_zero: 'none',
  final_sigmas_type: 'none',
  original_inference_steps: 'none',
  /** Of the skip connection around an LCM's network, whose own input stays the training step. */
  timestep_scaling: 'none',
  interpolation_type: 'none',
  use_karras_sigmas: 'none',
  use_exponential_sigmas: 'none',
  use_beta_sigmas: 'none',
  use_lu_lambdas: 'none',
  sigma_min: 'none',
  sigma_max: 'none',
  lambda_min_clipped: 'none',
  time_shift_type: 'none',
  // What becomes of a predicted image.
  clip_sample: 'none',
  clip_sample_range: 'none',
  clip_predicted_image: 'none',
  thresholding: 'none',
  dynamic_thresholding_ratio: 'none',
  sample_max_value: 'none',
  // The noise that a sampler adds; a learned variance is read from the graph's channels.
  variance_type: 'none',
  noise_sampler_seed: 'none',
  tau_func: 'none',
  // The solver.
  skip_prk_steps: 'none',
  solver_order: 'none',
  solver_type: 'none',
  solver_p: 'none',
  algorithm_type: 'none',
  lower_order_final: 'none',
  euler_at_final: 'none',
  predict_x0: 'none',
  disable_corrector: 'none',
  predictor_order: 'none',
  corrector_order: 'none',
  /** Which arrays 0.1 to 0.3 computed with. */
  tensor_format: 'none',
  /** Of the Flax forms. */
  dtype: 'none',
};

/** Schedulers of other processes, in words that tell why. */
const OTHERS: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/^(FlowMatch|FlowMap|FlowUniPC|LCMFlow)/, FLOW],
  [/^EDM/, 'noise by sigma as of Karras et al., without betas'],
  [/^CosineDPM/, 'noise by sigma, without betas'],
  [/^CMStochastic/, 'the noise of consistency models, without betas'],
  [/^UnCLIP/, 'the schedule of unCLIP, whose network completes image embeddings'],
  [/^(ScoreSde|KarrasVe)/, 'noise of a continuous process, without betas'],
  [/^IPNDM/, 'a schedule of its own, without betas, and a continuous t'],
  [/^DDPMWuerstchen/, 'the continuous schedule of Würstchen'],
  [/^CogVideoX/, 'a schedule that is shifted for videos'],
  [/^RePaint/, 'a schedule for filling holes in pictures'],
  [/^(VQDiffusion|Amused)/, 'masked tokens in the place of noise'],
];

/** "FlowMatchEulerDiscreteScheduler, which has noise of flow matching ..." for a class that is not among the known. */
export function otherScheduler(name: string): string {
  const why = OTHERS.find(([pattern]) => pattern.test(name))?.[1];
  return why ? `${name}, which has ${why}` : `${name}, whose noise GDBench does not know`;
}
