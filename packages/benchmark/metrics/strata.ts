import { RESAMPLES, SEED } from './intervals.ts';
import { seededIndex } from './random.ts';

/** One example's value (a credit, or the difference of two) and the cluster of examples that are not independent of it. */
export interface ClusterValue {
  readonly cluster: string;
  readonly value: number;
}

/** The groups over whose means a macro mean is taken; one stratum: a plain mean. */
export type Strata = readonly (readonly ClusterValue[])[];

/** Mean of the strata's means; NaN while there is no stratum or one is empty. */
export function macroMean(strata: Strata): number {
  return mean(strata.map((stratum) => mean(stratum.map(({ value }) => value))));
}

/** NaN of nothing. Equal values have that value as their mean to the bit, which a rounded sum would miss. */
export function mean(values: readonly number[]): number {
  const [first = Number.NaN] = values;
  return values.every((value) => value === first) ? first : values.reduce((a, b) => a + b, 0) / values.length;
}

export function clusterCount(strata: Strata): number {
  return new Set(strata.flatMap((stratum) => stratum.map(({ cluster }) => cluster))).size;
}

/** What one cluster holds of one stratum. */
interface Cell {
  readonly stratum: number;
  sum: number;
  count: number;
}

/**
 * The macro mean of each of 1000 seeded resamples, each of as many clusters as there are, drawn with replacement over all
 * strata together: a cluster that serves several strata is drawn for all of them at once. No stratum may be empty.
 *
 * A macro mean gives a stratum of three examples the weight of one of thousands, and a resample understates the scatter of
 * a stratum of n clusters by (n - 1) / n or loses the stratum altogether. So a stratum's deviation from its own mean is
 * multiplied by sqrt(n / (n - 1)), a lost one keeps its mean, and one of a single cluster, which cannot show how much it
 * scatters, deviates by as much as its mean does from the macro mean (a "centred" single unit of survey statistics).
 */
export function resampledMacroMeans(strata: Strata): Float64Array {
  const clusters = cellsByCluster(strata);
  const means = strata.map((stratum) => mean(stratum.map(({ value }) => value)));
  const centre = mean(means);
  const sizes = strata.map((stratum) => clusterCount([stratum]));
  const index = seededIndex(SEED);
  const times = new Uint32Array(clusters.length);
  const sums = new Float64Array(strata.length);
  const counts = new Float64Array(strata.length);
  const resampledMean = (stratum: number): number => {
    const own = means[stratum]!;
    const size = sizes[stratum]!;
    const count = counts[stratum]!;
    if (strata.length === 1) return sums[stratum]! / count;
    if (size === 1) return own + (count / strata[stratum]!.length - 1) * (own - centre);
    return count === 0 ? own : own + (sums[stratum]! / count - own) * Math.sqrt(size / (size - 1));
  };
  return Float64Array.from({ length: RESAMPLES }, () => {
    times.fill(0);
    sums.fill(0);
    counts.fill(0);
    for (let draw = 0; draw < times.length; draw++) times[index(times.length)]! += 1;
    for (const [i, cells] of clusters.entries()) {
      const taken = times[i]!;
      if (taken === 0) continue;
      for (const { stratum, sum, count } of cells) {
        sums[stratum]! += taken * sum;
        counts[stratum]! += taken * count;
      }
    }
    let total = 0;
    for (let stratum = 0; stratum < strata.length; stratum++) total += resampledMean(stratum);
    return total / strata.length;
  });
}

/** For each cluster, its sum and count in each stratum in which it has examples. */
function cellsByCluster(strata: Strata): Cell[][] {
  const byCluster = new Map<string, Map<number, Cell>>();
  for (const [stratum, values] of strata.entries()) {
    for (const { cluster, value } of values) {
      const cells = byCluster.get(cluster) ?? new Map<number, Cell>();
      const cell = cells.get(stratum) ?? { stratum, sum: 0, count: 0 };
      cell.sum += value;
      cell.count += 1;
      byCluster.set(cluster, cells.set(stratum, cell));
    }
  }
  return [...byCluster.values()].map((cells) => [...cells.values()]);
}
