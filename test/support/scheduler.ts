import type { SchedulerConfig } from '../../workers/engine/diffusion/schedule.ts';
import { SCHEDULER_CLASSES } from '../../workers/engine/diffusion/scheduler-classes.ts';
import { readScheduler } from '../../workers/engine/diffusion/scheduler-config.ts';

/** What a class makes of these fields, for tests that know that they are right. */
export function schedulerOf(fields: Readonly<Record<string, unknown>>, name = 'DDIMScheduler'): SchedulerConfig {
  const read = readScheduler(name, SCHEDULER_CLASSES.get(name)!, fields);
  if (read.ok) return read.config;
  throw new Error(read.faults.map(({ found, expected }) => `${found}, where ${expected} is expected`).join('; '));
}
