/*
 * How figures are written wherever somebody reads them, on the pages and in a terminal: shares as per cent with one decimal,
 * effect sizes with two and their sign, p with three, and a true minus sign.
 */

/** A fraction as per cent without the sign, for columns that have it in their head: 0.7331 -> "73.3". */
export function percent(fraction: number): string {
  return withMinus((fraction * 100).toFixed(1));
}

/** A fraction: 0.7331 -> "73.3%". */
export function share(fraction: number): string {
  return `${percent(fraction)}%`;
}

/** A difference of two fractions in points: 0.423 -> "42.3", -0.1 -> "−10.0". */
export function points(difference: number): string {
  const text = (difference * 100).toFixed(1);
  return Number(text) === 0 ? '0.0' : withMinus(text);
}

/** The same with its sign: 0.423 -> "+42.3". */
export function signedPoints(difference: number): string {
  const text = points(difference);
  return difference > 0 && text !== '0.0' ? `+${text}` : text;
}

/** An effect size with its sign: 0.789 -> "+0.79", -0.19 -> "−0.19", 0.001 -> "0.00". */
export function effectSize(value: number): string {
  const text = value.toFixed(2);
  if (Number(text) === 0) return '0.00';
  return value > 0 ? `+${text}` : withMinus(text);
}

/** A p below its own heading, never as nothing: 0.0004 -> "<0.001", 0.0312 -> "0.031". */
export function pValue(p: number): string {
  return p < 0.001 ? '<0.001' : p.toFixed(3);
}

/** A p that stands alone: "p<0.001", "p=0.031". */
export function pMark(p: number): string {
  const text = pValue(p);
  return text.startsWith('<') ? `p${text}` : `p=${text}`;
}

/**
 * What stands beside a share, of its 95% interval: half its width, (0.73, 0.70, 0.76) -> "±3.0", or its ends where it lies on
 * one side of the value alone, (1, 0.919, 1) -> "[91.9, 100.0]", of which half the width would tell an untruth.
 */
export function intervalMark(value: number, low: number, high: number): string {
  const [below, at, above] = [percent(low), percent(value), percent(high)];
  const isOneSided = (below === at) !== (above === at);
  return isOneSided ? `[${below}, ${above}]` : `±${percent((high - low) / 2)}`;
}

/** The value of a metric by its name ("average", "Men-Women.effect_size", "clothes.p_value"). */
export function figure(metric: string, value: number | null): string {
  return value === null ? 'undefined' : writerOf(metric)(value);
}

/** "[57.5%, 67.5%]", or nothing where there is no interval. */
export function interval(metric: string, low: number | null, high: number | null): string {
  const write = writerOf(metric);
  return low === null || high === null ? '' : `[${write(low)}, ${write(high)}]`;
}

function writerOf(metric: string): (value: number) => string {
  if (metric.endsWith('.p_value')) return pValue;
  return metric.endsWith('.effect_size') ? effectSize : share;
}

function withMinus(text: string): string {
  return text.replace('-', '−');
}
