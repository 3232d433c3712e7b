import pRetry from 'p-retry';

/** SQLSTATE classes and codes after which the same work may succeed: lost connection, shutdown, conflict. */
const TRANSIENT_CODE =
  /^(08...|57P0.|40001|40P01|53300|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|P1001|P1002|P1008|P1017|P2024|P2034)$/;
/** What pg and its pool say of a lost connection: in plain errors, without a code. */
const TRANSIENT_MESSAGE =
  /Connection terminated|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed/i;

interface RetryOptions {
  signal?: AbortSignal;
  /** Further tries at most; default without end. */
  retries?: number;
  /** Told of each error after which there is another try. */
  onRetry?(error: Error): void;
}

/**
 * Runs `fn` again, with growing pauses of 0.1 to 5 s, while the database is away or refused for the moment.
 * Any other error is thrown at once. `fn` must be safe to run twice: a lost connection does not say whether it committed.
 */
export function withRetry<T>(fn: () => Promise<T>, { signal, retries, onRetry }: RetryOptions = {}): Promise<T> {
  return pRetry(fn, {
    retries: retries ?? Number.POSITIVE_INFINITY,
    minTimeout: 100,
    maxTimeout: 5_000,
    randomize: true,
    shouldRetry: ({ error }) => {
      const again = isTransient(error);
      if (again) onRetry?.(error);
      return again;
    },
    ...(signal ? { signal } : {}),
  });
}

/** Whether the error, or one that caused it, says that the same work may succeed later. */
export function isTransient(error: unknown): boolean {
  for (const one of chain(error)) {
    if (TRANSIENT_CODE.test(String(one.code ?? one.originalCode ?? ''))) return true;
    if (TRANSIENT_MESSAGE.test(String(one.message ?? ''))) return true;
  }
  return false;
}

type Fault = Record<string, unknown>;

/** The error and its causes; Prisma keeps the driver's under meta, Node several at once under errors. */
function chain(error: unknown, depth = 0): Fault[] {
  if (typeof error !== 'object' || error === null || depth > 6) return [];
  const fault = error as Fault;
  const inner = [
    fault.cause,
    fault.meta,
    fault.driverAdapterError,
    ...(Array.isArray(fault.errors) ? fault.errors : []),
  ];
  return [fault, ...inner.flatMap((one) => chain(one, depth + 1))];
}
