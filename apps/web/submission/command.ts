import { isBoardProtocol } from '@gdbench/benchmark/protocol';

interface Measurement {
  protocol?: string | null;
  samples?: number | null;
  seed?: number | null;
  limit?: number | null;
}

/** The data set that the command has by itself. */
const OWN_DATA = 'builtin';

/** The command that repeats a measurement: only what differs from the command's own defaults for the kind is named. */
export function evaluateCommand(evaluation: Measurement, dataSet: { name?: string | null }): string {
  const { protocol, samples, seed, limit } = evaluation;
  const parts = ['npx gdbench evaluate DIR'];
  if (dataSet.name !== OWN_DATA) parts.push('--data ROOT');
  if (protocol != null && !isBoardProtocol(protocol)) parts.push(`--protocol ${protocol}`);
  if (samples != null) parts.push(`--samples ${samples}`);
  if (seed != null) parts.push(`--seed ${seed}`);
  if (limit != null) parts.push(`--limit ${limit}`);
  return parts.join(' ');
}
