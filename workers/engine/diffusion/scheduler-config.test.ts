import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { each } from '../../../test/support/each.ts';
import { schedulerOf } from '../../../test/support/scheduler.ts';
import { guidanceEmbedding } from './guidance-embedding.ts';
import { alphasCumprod, type SchedulerConfig } from './schedule.ts';
import { otherScheduler, SCHEDULER_CLASSES, SCHEDULER_FIELDS } from './scheduler-classes.ts';
import { readScheduler } from './scheduler-config.ts';

type Fields = Record<string, unknown>;
const reference = JSON.parse(
  readFileSync(new URL('../../../test/reference/schedulers.json', import.meta.url), 'utf8'),
) as {
  classes: {
    name: string;
    fields: Fields;
    cases: { config: Fields; timesteps: number[]; alphas_cumprod: number[] }[];
  }[];
  guidance: { scale: number; width: number; values: number[] }[];
};

const STEPS = 9;
const SMALL = { num_train_timesteps: STEPS };
/** What decides a score: abar at every step, and how the output is read. */
const meaning = (config: SchedulerConfig) => [alphasCumprod(config), config.prediction_type];
const faultsOf = (name: string, fields: Fields) => {
  const read = readScheduler(name, SCHEDULER_CLASSES.get(name)!, fields);
  return read.ok ? [] : read.faults.map(({ found }) => found);
};

/** Another value than the default, of each field that is applied, and what it must change. */
const APPLIED: Record<string, unknown> = {
  num_train_timesteps: STEPS + 2,
  beta_start: 0.003,
  beta_end: 0.05,
  beta_schedule: 'squaredcos_cap_v2',
  trained_betas: Array.from({ length: STEPS }, (_, t) => 0.1 + t / 100),
  prediction_type: 'v_prediction',
  predict_epsilon: false,
  rescale_betas_zero_snr: true,
};
/** Values that any field without effect may have. */
const WHATEVER = [true, false, 0, 3.5, 'learned_range', [1, 2]];

/** Classes that do not read an applied field; there it is refused unless it says what the class does anyway. */
const UNREAD = {
  rescale_betas_zero_snr: (name: string) => !('rescale_betas_zero_snr' in fieldsOf(name)),
  predict_epsilon: (name: string) => !['DDPMScheduler', 'DDIMScheduler', 'DPMSolverMultistepScheduler'].includes(name),
};
const fieldsOf = (name: string) => reference.classes.find((one) => one.name === name)!.fields;

describe.each(each(reference.classes.map((one) => [one.name, one] as const)))('%s', (name, { fields, cases }) => {
  it.each(each(cases))('makes the noise that PyTorch makes of $config', ({ config, timesteps, alphas_cumprod }) => {
    const alphas = alphasCumprod(schedulerOf(config, name));
    for (const [i, t] of each(timesteps).entries())
      expect(Math.abs(alphas[t]! - alphas_cumprod[i]!)).toBeLessThan(1e-9);
  });

  it('knows every field of its constructor, whose default is what absence and null mean', () => {
    const silent = meaning(schedulerOf({}, name));
    for (const [field, value] of Object.entries(fields)) {
      expect(SCHEDULER_FIELDS, field).toHaveProperty(field);
      expect([field, ...meaning(schedulerOf({ [field]: value }, name))]).toEqual([field, ...silent]);
      expect([field, ...meaning(schedulerOf({ [field]: null }, name))]).toEqual([field, ...silent]);
    }
    expect(meaning(schedulerOf(fields, name))).toEqual(silent);
  });

  it.each(each(Object.keys(SCHEDULER_FIELDS)))('applies %s, refuses it or is not changed by it', (field) => {
    const effect = SCHEDULER_FIELDS[field]!;
    const silent = meaning(schedulerOf(SMALL, name));
    if (effect === 'none') {
      for (const value of WHATEVER) expect(meaning(schedulerOf({ ...SMALL, [field]: value }, name))).toEqual(silent);
      return;
    }
    if (typeof effect === 'object') {
      const other = typeof effect.neutral === 'boolean' ? !effect.neutral : 'another';
      expect(meaning(schedulerOf({ ...SMALL, [field]: effect.neutral }, name))).toEqual(silent);
      expect(faultsOf(name, { [field]: other })).toEqual([expect.stringContaining(`says \`${field}\` is `)]);
      return;
    }
    if (field === 'timesteps') {
      expect(meaning(schedulerOf({ ...SMALL, timesteps: STEPS }, name))).toEqual(silent);
      expect(faultsOf(name, { ...SMALL, timesteps: 12 })).toEqual(['says `timesteps` is 12']);
      return;
    }
    if (UNREAD[field as keyof typeof UNREAD]?.(name)) {
      expect(faultsOf(name, { [field]: APPLIED[field] })).toEqual([
        `says \`${field}\` is ${APPLIED[field]}, which a ${name} does not read`,
      ]);
      expect(meaning(schedulerOf({ ...SMALL, [field]: !APPLIED[field] }, name))).toEqual(silent);
      return;
    }
    expect(meaning(schedulerOf({ ...SMALL, [field]: APPLIED[field] }, name))).not.toEqual(silent);
  });

  it('tells all of its faults at once', () => {
    const wrong = {
      num_train_timesteps: 0,
      beta_end: 'x',
      use_flow_sigmas: true,
      wavy: 1,
      prediction_type: 'flow_prediction',
    };
    expect(faultsOf(name, wrong)).toEqual([
      expect.stringContaining('`use_flow_sigmas` is true (noise of flow matching'),
      'has `wavy`',
      'says `num_train_timesteps` is 0',
      'says `beta_end` is "x"',
      'says `prediction_type` is "flow_prediction"',
    ]);
  });

  it('knows the schedules of its class and no other', () => {
    for (const kind of ['linear', 'scaled_linear', 'squaredcos_cap_v2', 'sigmoid', 'laplace', 'exp', 'wavy', 7]) {
      const known = cases.some(({ config }) => config.beta_schedule === kind);
      expect([kind, faultsOf(name, { beta_schedule: kind }).length]).toEqual([kind, known ? 0 : 1]);
    }
  });
});

describe('a scheduler', () => {
  it('is known by class, each with a reference', () => {
    expect([...SCHEDULER_CLASSES.keys()].sort()).toEqual(reference.classes.map(({ name }) => name).sort());
  });

  it.each([
    ['UnCLIPScheduler', /unCLIP/],
    ['ScoreSdeVeScheduler', /continuous process/],
    ['FlowMatchEulerDiscreteScheduler', /flow matching/],
    ['EDMEulerScheduler', /by sigma/],
    ['CMStochasticIterativeScheduler', /consistency/],
    ['VQDiffusionScheduler', /masked tokens/],
    ['AmusedScheduler', /masked tokens/],
    ['IPNDMScheduler', /of its own/],
    ['MyScheduler', /^MyScheduler, whose noise GDBench does not know$/],
  ])('of another process is not among them: %s', (name, why) => {
    expect(SCHEDULER_CLASSES.has(name)).toBe(false);
    expect(otherScheduler(name)).toMatch(why);
  });

  it('reads predict_epsilon of older releases, which must not contradict prediction_type', () => {
    expect(schedulerOf({ predict_epsilon: false }).prediction_type).toBe('sample');
    expect(schedulerOf({ predict_epsilon: true, prediction_type: 'epsilon' }).prediction_type).toBe('epsilon');
    expect(faultsOf('DDIMScheduler', { predict_epsilon: true, prediction_type: 'v_prediction' })).toEqual([
      'says `prediction_type` is "v_prediction"',
    ]);
  });

  it('leaves the bookkeeping of diffusers alone', () => {
    const fields = { _class_name: 'x', _diffusers_version: '0.30.0', _use_default_values: ['beta_end'] };
    expect(faultsOf('DDIMScheduler', fields)).toEqual([]);
  });

  it.each(['__proto__', 'constructor', 'toString'])('takes no field of its table from JavaScript: %s', (field) => {
    expect(faultsOf('DDIMScheduler', JSON.parse(`{"${field}": 1}`))).toHaveLength(field === '__proto__' ? 0 : 1);
  });
});

describe('the embedding of a guidance scale', () => {
  it.each(each(reference.guidance))(
    'equals that of PyTorch for scale $scale in $width numbers',
    ({ scale, width, values }) => {
      const embedding = guidanceEmbedding(scale, width);
      expect(embedding).toHaveLength(width);
      for (const [i, value] of each(values).entries()) expect(Math.abs(embedding[i]! - value)).toBeLessThan(1e-6);
    },
  );
});
