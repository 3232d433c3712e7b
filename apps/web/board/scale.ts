/** A stretch of an axis with its tick marks, in the units of the values. */
export type Scale = { from: number; to: number; ticks: readonly number[] };

/** The whole stretch from 0 to 1 is too wide to tell close checkpoints apart: the chart takes what the values and chance need. */
export function accuracyScale(values: readonly number[], chance: number | null): Scale {
  const all = chance === null ? values : [...values, chance];
  const low = Math.min(...all, 1);
  const high = Math.max(...all, 0);
  let from = Math.max(0, Math.floor((low - 0.02) * 10) / 10);
  let to = Math.min(1, Math.ceil((high + 0.02) * 10) / 10);
  while (to - from < 0.4 - 1e-9) {
    if (to < 1) to += 0.1;
    if (to - from < 0.4 - 1e-9 && from > 0) from -= 0.1;
  }
  return { from, to, ticks: steps(from, to, to - from > 0.65 ? 0.2 : 0.1) };
}

/** Symmetric around 0, at least from -1 to 1. */
export function biasScale(values: readonly number[]): Scale {
  const edge = Math.max(1, Math.ceil(Math.max(...values.map(Math.abs), 0) * 2) / 2);
  return { from: -edge, to: edge, ticks: steps(-edge, edge, edge > 1.5 ? 1 : 0.5) };
}

/** Where a value stands on the scale, 0 to 1. */
export function placeOn({ from, to }: Scale, value: number): number {
  return Math.min(1, Math.max(0, (value - from) / (to - from)));
}

/** Whole multiples of `step` within the stretch. */
function steps(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(((first + i) * step).toFixed(6)));
}
