import { printable } from '@gdbench/storage/printable';
import { type SchedulerConfig, scheduleFault } from '../diffusion/schedule.ts';
import { otherScheduler, SCHEDULER_CLASSES } from '../diffusion/scheduler-classes.ts';
import { type FieldFault, readScheduler } from '../diffusion/scheduler-config.ts';
import { CheckpointFault } from './fault.ts';
import type { Folder } from './folder.ts';
import { jsonObject, readJson } from './json.ts';
import { INDEX, type ModelIndex } from './model-index.ts';

const FILE = 'scheduler/scheduler_config.json';
const EXPECTED = 'a scheduler of betas such as DDIMScheduler, PNDMScheduler or EulerDiscreteScheduler';

/**
 * Reads the scheduler by its class: the file's own, else the one that the model index names.
 *
 * @throws CheckpointFault with every field that cannot be served.
 */
export async function readSchedulerFile(folder: Folder, index: ModelIndex): Promise<SchedulerConfig> {
  const fields = await readJson(folder, FILE, jsonObject);
  const own = typeof fields._class_name === 'string' && fields._class_name !== '' ? fields._class_name : null;
  const named = index.parts.get('scheduler') || null;
  const name = own ?? named;
  if (name === null) throw fault(withoutClass());
  const config = settle(name, fields, own === null ? INDEX : FILE);
  if (own !== null && named !== null && named !== own) agree(own, named, config, fields);
  const why = scheduleFault(config);
  if (why === null) return config;
  throw fault({
    file: FILE,
    found: why,
    expected: 'a schedule of betas that mixes noise into an image and leaves something of it',
    remedy: 'give it the betas that the model was trained with',
  });
}

function settle(name: string, fields: Readonly<Record<string, unknown>>, where: string): SchedulerConfig {
  const known = SCHEDULER_CLASSES.get(name);
  if (!known) {
    throw fault({
      file: where,
      found: `is of a ${otherScheduler(printable(name, 80))}`,
      expected: EXPECTED,
      remedy: 'give a model that was trained with one of these',
    });
  }
  const read = readScheduler(name, known, fields);
  if (read.ok) return read.config;
  const [first, ...rest] = read.faults.flatMap((one) => fault({ file: FILE, ...one }).faults);
  throw new CheckpointFault([first!, ...rest]);
}

/** Where the index names another class than the file, diffusers makes that one of the file's fields: both must mean the same. */
function agree(own: string, named: string, config: SchedulerConfig, fields: Readonly<Record<string, unknown>>): void {
  const other = SCHEDULER_CLASSES.get(named);
  const read = other && readScheduler(named, other, fields);
  if (read?.ok && JSON.stringify(withoutEnd(read.config)) === JSON.stringify(withoutEnd(config))) return;
  throw fault({
    file: FILE,
    found: `is of a ${own}, and ${INDEX} names a ${printable(named, 80)}, which makes another noise of these fields`,
    expected: 'one class',
    remedy: `write the class that the model was trained with into both`,
  });
}

/** Whether abar ends at 0 or at 2^-24 changes nothing that anybody can see. */
function withoutEnd({ zero_snr, ...config }: SchedulerConfig): object {
  return { ...config, zero_snr: zero_snr !== null };
}

function withoutClass(): FieldFault & { readonly file: string } {
  return {
    file: FILE,
    found: `names no class, and neither does ${INDEX}`,
    expected: EXPECTED,
    remedy: 'write the class that the model was trained with into `_class_name`',
  };
}

function fault(parts: FieldFault & { readonly file: string }): CheckpointFault {
  return new CheckpointFault({ ...parts, gravity: 'setting' });
}
