import { randomUUID } from 'node:crypto';
import { type Logger, pino } from 'pino';

export type { Logger };

export function createLog(level = 'info'): Logger {
  return pino({ name: 'api', level });
}

/** Writes an unexpected error with all its detail to the log and returns the id under which it stands there. */
export function logUnexpected(log: Logger, error: unknown, where: string): string {
  const logId = randomUUID().slice(0, 8);
  log.error({ logId, where, err: error }, 'unexpected error');
  return logId;
}
