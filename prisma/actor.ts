/**
 * Who changes something: somebody without an account, a worker by its id, or the service by itself. Written where a row says who.
 */
export type Actor = 'anonymous' | 'service' | `worker:${string}`;

/** The worker that has a lease. */
export const workerNamed = (id: string): Actor => `worker:${id}`;
