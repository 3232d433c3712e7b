import { printable } from '@gdbench/storage/printable';
import { jsonText } from '../checkpoint/json-text.ts';
import type { SchedulerConfig } from './schedule.ts';
import {
  type BetaSchedule,
  PREDICTION_TYPES,
  type PredictionType,
  SCHEDULER_FIELDS,
  type SchedulerClass,
} from './scheduler-classes.ts';

/** A field that cannot be served, in words that go on after the file's name. */
export interface FieldFault {
  readonly found: string;
  readonly expected: string;
  readonly remedy: string;
}

export type ReadScheduler =
  | { readonly ok: true; readonly config: SchedulerConfig }
  | { readonly ok: false; readonly faults: readonly FieldFault[] };

/** Real schedules have a thousand steps, and a few have four. */
const MOST_STEPS = 100_000;

/**
 * What a scheduler's file says, field by field: applied, without effect on a score, or a fault. An absent field and a null mean the
 * default of the class. Fields whose name begins with an underscore are diffusers' own bookkeeping.
 *
 * @param name of the class, which stands in SCHEDULER_CLASSES.
 */
export function readScheduler(
  name: string,
  of: SchedulerClass,
  fields: Readonly<Record<string, unknown>>,
): ReadScheduler {
  const faults: FieldFault[] = [];
  for (const [field, value] of Object.entries(fields)) {
    if (field.startsWith('_')) continue;
    const fault = value == null && Object.hasOwn(SCHEDULER_FIELDS, field) ? null : effectFault(name, of, field, value);
    if (fault) faults.push(fault);
  }
  const read = new Fields(fields, faults);
  const steps = read.value('num_train_timesteps', 1000, `a whole number from 1 to ${MOST_STEPS}`, isSteps);
  const config: SchedulerConfig = {
    num_train_timesteps: steps,
    beta_start: read.value('beta_start', of.defaults.beta_start, 'a number from 0 to 1', isShare),
    beta_end: read.value('beta_end', of.defaults.beta_end, 'a number from 0 to 1', isShare),
    beta_schedule: read.value(
      'beta_schedule',
      of.defaults.beta_schedule,
      `one of those that a ${name} knows (${of.schedules.join(', ')})`,
      (value): value is BetaSchedule => (of.schedules as readonly unknown[]).includes(value),
    ),
    trained_betas: read.value<readonly number[] | null>(
      'trained_betas',
      null,
      `a list of ${steps} numbers from 0 to 1 (one a training step)`,
      (value): value is number[] => Array.isArray(value) && value.length === steps && value.every(isShare),
    ),
    prediction_type: predictionOf(read, of),
    zero_snr: read.value('rescale_betas_zero_snr', false, 'true or false', isBoolean) ? of.zeroSnr : null,
  };
  // Before 0.1 this was the name of num_train_timesteps; later releases left it in the file.
  read.value('timesteps', steps, `${steps}, as num_train_timesteps has it,`, (value) => value === steps);
  return faults.length > 0 ? { ok: false, faults } : { ok: true, config };
}

/** A field that is not known, or that has another than its one value of no effect. */
function effectFault(name: string, of: SchedulerClass, field: string, value: unknown): FieldFault | null {
  const effect = Object.hasOwn(SCHEDULER_FIELDS, field) ? SCHEDULER_FIELDS[field]! : null;
  if (effect === null) {
    return {
      found: `has \`${printable(field, 60)}\``,
      expected: `a field that diffusers' schedulers have`,
      remedy: 'take it out if the model was trained without it',
    };
  }
  if (typeof effect === 'object' && value !== effect.neutral) {
    return {
      found: `says ${told(field, value)} (${effect.otherwise})`,
      expected: JSON.stringify(effect.neutral),
      remedy: 'give a model that was trained with a schedule of betas and training steps',
    };
  }
  const unread =
    (field === 'rescale_betas_zero_snr' && of.zeroSnr === null && value !== false) ||
    (field === 'predict_epsilon' && !of.predictEpsilon && value !== true);
  if (!unread) return null;
  return {
    found: `says ${told(field, value)}, which a ${name} does not read`,
    expected: JSON.stringify(field === 'predict_epsilon'),
    remedy: `take it out, or name the class that the model was trained with`,
  };
}

/** The older predict_epsilon stands for prediction_type, and must not contradict it. */
function predictionOf(read: Fields, of: SchedulerClass): PredictionType {
  const older = of.predictEpsilon
    ? read.value<boolean | null>('predict_epsilon', null, 'true or false', isBoolean)
    : null;
  const meant = older === null ? null : older ? 'epsilon' : 'sample';
  return read.value<PredictionType>(
    'prediction_type',
    meant ?? 'epsilon',
    meant ? `${meant}, as predict_epsilon has it,` : `one of ${PREDICTION_TYPES.join(', ')}`,
    (value): value is PredictionType =>
      (PREDICTION_TYPES as readonly unknown[]).includes(value) && (meant === null || value === meant),
  );
}

/** The fields of a file, and the faults in them. */
class Fields {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #faults: FieldFault[];

  constructor(fields: Readonly<Record<string, unknown>>, faults: FieldFault[]) {
    this.#fields = fields;
    this.#faults = faults;
  }

  /** A field's value, or its default where it is absent, null or wrong; then there is a fault. */
  value<T>(field: string, byDefault: T, expected: string, isRight: (value: unknown) => boolean): T {
    const value = Object.hasOwn(this.#fields, field) ? this.#fields[field] : undefined;
    if (value == null) return byDefault;
    if (isRight(value)) return value as T;
    this.#faults.push({
      found: `says ${told(field, value)}`,
      expected,
      remedy: 'write the value that the model was trained with',
    });
    return byDefault;
  }
}

function told(field: string, value: unknown): string {
  const short = Array.isArray(value) ? `a list of ${value.length}` : jsonText(value);
  return `\`${printable(field, 60)}\` is ${printable(short, 60)}`;
}

function isSteps(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MOST_STEPS;
}

function isShare(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean';
}
