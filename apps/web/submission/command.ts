import { isBoardProtocol } from '@gdbench/benchmark/protocol';

/** The command that repeats a measurement: only what differs from the command's own defaults for the kind is named. */
export function evaluateCommand(evaluation: {
  protocol?: string | null;
  samples?: number | null;
  seed?: number | null;
  limit?: number | null;
}): string {
  const { protocol, samples, seed, limit } = evaluation;
  const parts = ['npx gdbench evaluate DIR'];
  if (protocol != null && !isBoardProtocol(protocol)) parts.push(`--protocol ${protocol}`);
  if (samples != null) parts.push(`--samples ${samples}`);
  if (seed != null) parts.push(`--seed ${seed}`);
  if (limit != null) parts.push(`--limit ${limit}`);
  return parts.join(' ');
}
