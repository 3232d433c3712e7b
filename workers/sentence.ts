import type { CheckpointFault } from '@gdbench/prisma/checkpoints';

/** A fault as the submitter reads it: what is wrong and where; what to do. */
export interface Sentences {
  readonly reason: string;
  readonly remedy: string;
}

/** What a page says first of a checkpoint's faults: the gravest, and how many more there are. */
export function sentencesOfFaults([first, ...more]: readonly [CheckpointFault, ...CheckpointFault[]]): Sentences {
  const { message, remedy } = first;
  const wrong = message.endsWith(`; ${remedy}.`) ? message.slice(0, -remedy.length - 3) : message;
  const others =
    more.length === 0 ? '' : ` ${more.length} more ${more.length === 1 ? 'fault is' : 'faults are'} listed.`;
  return { reason: asSentence(wrong) + others, remedy: asSentence(remedy) };
}

/** First letter large, unless the sentence starts with a path, and a full stop at the end. */
function asSentence(text: string): string {
  const trimmed = text.trim();
  const first = /^\S+/.exec(trimmed)?.[0] ?? '';
  const isPath = /[./_]/.test(first.replace(/\.$/, ''));
  const started = isPath ? trimmed : trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(started) ? started : `${started}.`;
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
