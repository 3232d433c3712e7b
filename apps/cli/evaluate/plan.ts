import path from 'node:path';
import type { InspectionReport } from '@gdbench/benchmark/inspection-report';
import { isAdaptive, isProtocol, PROTOCOLS, PROTOCOLS_OF, type Protocol } from '@gdbench/benchmark/protocol';
import { TASK_NAMES, type TaskName } from '@gdbench/benchmark/task';
import { DEVICES, type Device } from '@gdbench/workers/engine/device';
import { CliFault } from '../fault.ts';
import { whole } from '../flags/whole.ts';
import { requireFolder } from '../upload/folder.ts';

/** The words of `gdbench evaluate` as commander gives them: strings, unchecked. */
export interface EvaluateOptions {
  data?: string;
  tasks?: string;
  protocol?: string;
  samples: string;
  seed: string;
  limit?: string;
  out: string;
  errors?: boolean;
  keepAllErrors?: boolean;
  skipMissing?: boolean;
  resume?: boolean;
  batch?: string;
  threads?: string;
  sessions?: string;
  device?: string;
  json?: boolean;
}

/** Which errors of samples are kept: none, those that the protocol needs, or all that any protocol needs. */
export type KeptErrors = 'none' | 'needed' | 'all';

/** What may move a score by floating-point noise alone; absent: not chosen yet. */
export interface Pins {
  readonly batch?: number;
  readonly threads?: number;
  readonly sessions?: number;
}

/** What a run does, checked. */
export interface Plan {
  readonly dir: string;
  readonly data: string | undefined;
  readonly out: string;
  readonly tasks: readonly TaskName[] | null;
  readonly protocol: Protocol | undefined;
  readonly samples: number;
  readonly seed: number;
  readonly limit: number | undefined;
  readonly skipMissing: boolean;
  readonly resume: boolean;
  readonly pins: Pins;
  readonly device: Device;
  /** Memory that may be taken for speed; absent: half of what is free. */
  readonly memoryMb?: number;
  readonly errors: KeptErrors;
  readonly json: boolean;
}

/** @throws CliFault with exit code 2. */
export async function planOf(dir: string, options: EvaluateOptions): Promise<Plan> {
  const { readSettings } = await import('@gdbench/settings/settings');
  const set = readSettings(['GDBENCH_BATCH', 'GDBENCH_THREADS', 'GDBENCH_DEVICE', 'GDBENCH_MEMORY_MB']);
  const plan: Plan = {
    dir: path.resolve(dir),
    data: options.data,
    out: path.resolve(options.out),
    tasks: options.tasks === undefined ? null : tasksOf(options.tasks),
    protocol: protocolOf(options.protocol),
    samples: whole('--samples', options.samples, 1, 1000),
    seed: whole('--seed', options.seed, 0, Number.MAX_SAFE_INTEGER),
    limit: options.limit === undefined ? undefined : whole('--limit', options.limit, 1, Number.MAX_SAFE_INTEGER),
    skipMissing: options.skipMissing === true,
    resume: options.resume === true,
    pins: {
      ...pinned('batch', options.batch, set.GDBENCH_BATCH, 4096),
      ...pinned('threads', options.threads, set.GDBENCH_THREADS, 1024),
      ...pinned('sessions', options.sessions, undefined, 64),
    },
    device: options.device === undefined ? set.GDBENCH_DEVICE : deviceOf(options.device),
    ...(set.GDBENCH_MEMORY_MB === undefined ? {} : { memoryMb: set.GDBENCH_MEMORY_MB }),
    errors: options.keepAllErrors ? 'all' : options.errors ? 'needed' : 'none',
    json: options.json === true,
  };
  if (plan.errors !== 'none' && plan.protocol !== undefined && isAdaptive(plan.protocol))
    throw new CliFault(
      `--${plan.errors === 'all' ? 'keep-all-errors' : 'errors'} has nothing to keep under diffusion-itm-adaptive, which draws some of the samples only: leave it out, or give another --protocol.`,
      2,
    );
  await requireFolder(dir);
  return plan;
}

/** @throws CliFault with exit code 2 where a name is no task. */
export function tasksOf(list: string, flag = '--tasks'): TaskName[] {
  const names = [...new Set(list.split(',').map((name) => name.trim()))];
  return names.map((name) => {
    const task = TASK_NAMES.find((one) => one === name);
    if (!task)
      throw new CliFault(`${flag} names "${name}", which is no task: give some of ${TASK_NAMES.join(', ')}.`, 2);
    return task;
  });
}

function protocolOf(given: string | undefined): Protocol | undefined {
  if (given === undefined) return undefined;
  if (isProtocol(given)) return given;
  throw new CliFault(`--protocol "${given}" is not known: give one of ${PROTOCOLS.join(', ')}.`, 2);
}

function deviceOf(given: string): Device {
  const known = DEVICES.find((one) => one === given);
  if (!known) throw new CliFault(`The device "${given}" is not known: give one of ${DEVICES.join(', ')}.`, 2);
  return known;
}

/** What a flag pins, else its setting. */
function pinned(name: keyof Pins, flag: string | undefined, set: number | undefined, most: number): Pins {
  if (flag !== undefined) return { [name]: whole(`--${name}`, flag, 1, most) };
  return set === undefined ? {} : { [name]: set };
}

/**
 * The protocol that a checkpoint is scored by. A kind that samples nothing is scored in the one way there is, also where
 * the default of those that do is asked for, so that a script may score every kind alike.
 *
 * @throws CliFault with exit code 2 where the protocol asked for does not fit.
 */
export function protocolFor({ protocol }: Plan, report: Pick<InspectionReport, 'kind' | 'protocol'>): Protocol {
  if (protocol === undefined || protocol === report.protocol) return report.protocol;
  const fitting: readonly Protocol[] = PROTOCOLS_OF[report.kind];
  if (fitting.includes(protocol)) return protocol;
  if (protocol === PROTOCOLS_OF.diffusion[0]) return report.protocol;
  throw new CliFault(
    `--protocol ${protocol} does not fit this ${report.kind} checkpoint: give ${fitting.join(', ')}.`,
    2,
  );
}
