import type { CheckpointFault } from '@gdbench/prisma/checkpoints';
import { alike } from '@gdbench/storage/alike';
import { asSentence } from '@gdbench/storage/remedy';
import { wrongOf } from './engine/checkpoint/fault.ts';

/** A fault as the submitter reads it: what is wrong and where; what to do. */
export interface Sentences {
  readonly reason: string;
  readonly remedy: string;
}

/** What a page says first of a checkpoint's faults: the gravest, and how many more there are; the same of many files is one. */
export function sentencesOfFaults(faults: readonly [CheckpointFault, ...CheckpointFault[]]): Sentences {
  const [first] = faults;
  const more = alike(faults).length - 1;
  const others = more === 0 ? '' : ` ${more} more ${more === 1 ? 'fault is' : 'faults are'} listed.`;
  return { reason: wrongOf(first) + others, remedy: asSentence(first.remedy) };
}

/** The first line of an error's message, short enough for a page; never a stack trace. */
export function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const line = message.trim().split('\n')[0]?.trim() ?? '';
  return (line || 'unknown error').slice(0, 500);
}

/** What an error of this machine means to a reader, without its paths and addresses; others by their first line. */
export function faultLine(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  if (code === 'ENOSPC') return 'the disk of the service is full.';
  if (typeof code === 'string' && AWAY.test(code)) return `the storage of the service does not answer (${code}).`;
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return `the service could not use its files (${code}).`;
  return firstLine(error);
}

const AWAY = /^(ECONN|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE)/;

/** 8589934592 -> "8.6 GB" */
export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
