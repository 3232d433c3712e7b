/** Says to a process of ours that its data root is still being made, and that a message will tell when it is complete. */
export const AWAITED = { GDBENCH_DATA_AWAITED: '1' };
/** That message. */
export const ARRIVED = { dataArrived: true };

/**
 * Resolves when the data root is complete: at once, unless whoever started this process said that it is still being made.
 * What is wrong with a root shows when it is read.
 */
export function dataArrival(): Promise<void> | undefined {
  const isAwaited = process.env.GDBENCH_DATA_AWAITED === AWAITED.GDBENCH_DATA_AWAITED && process.connected;
  if (!isAwaited) return undefined;
  return new Promise((resolve) =>
    process.on('message', (message) => {
      if (typeof message === 'object' && message !== null && 'dataArrived' in message) resolve();
    }),
  );
}
