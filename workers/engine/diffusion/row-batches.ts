import type { Row } from './unet.ts';

/** Rows in the given order, `size` at a time; where a batch has one timestep only, those of each k together. */
export function* batches(rows: readonly Row[], size: number, manySteps: boolean): Generator<readonly Row[]> {
  if (manySteps) {
    for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
    return;
  }
  const byStep = new Map<number, Row[]>();
  for (const row of rows) {
    const same = byStep.get(row.k);
    if (same) same.push(row);
    else byStep.set(row.k, [row]);
  }
  for (const same of byStep.values()) yield* batches(same, size, true);
}
