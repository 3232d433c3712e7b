/** How figures are written everywhere: one decimal for per cent, two for effect sizes, a true minus sign. */

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** A fraction as per cent without the sign: 0.7331 -> "73.3". */
export function percent(fraction: number): string {
  return signed((fraction * 100).toFixed(1));
}

/** Half the width of a 95 % interval, in per cent: (0.70, 0.76) -> "±3.0". */
export function plusMinus(low: number, high: number): string {
  return `±${(((high - low) / 2) * 100).toFixed(1)}`;
}

/** A difference of two fractions in points: 0.423 -> "42.3", -0.1 -> "−10.0". */
export function points(difference: number): string {
  const text = (difference * 100).toFixed(1);
  return Number(text) === 0 ? '0.0' : signed(text);
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
  return value > 0 ? `+${text}` : signed(text);
}

/** "p<.01" where the paper sets its star, else two decimals: 0.2 -> "p=.20". */
export function pValue(p: number): string {
  if (p < 0.01) return 'p<.01';
  return p >= 0.995 ? 'p=1' : `p=${p.toFixed(2).slice(1)}`;
}

/** A p below its own heading: 0.0004 -> "<.001", 0.0312 -> ".031", 1 -> "1". */
export function bareP(p: number): string {
  if (p < 0.001) return '<.001';
  return p >= 0.9995 ? '1' : p.toFixed(3).slice(1);
}

export function count(value: number): string {
  return whole.format(value);
}

/** 1_400_000 -> "1.4 M". */
export function parameters(value: number): string {
  return scaled(value, ['', ' k', ' M', ' B']);
}

/** Decimal units, as disks and networks are sold: 5_100_000 -> "5.1 MB". */
export function bytes(value: number): string {
  return scaled(value, [' B', ' kB', ' MB', ' GB', ' TB']);
}

function scaled(value: number, units: readonly string[]): string {
  let rest = value;
  let unit = 0;
  // 999.5 would be shown as 1000
  while (rest >= 999.5 && unit < units.length - 1) {
    rest /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && rest < 99.95 ? 1 : 0;
  return `${rest.toFixed(digits).replace(/\.0$/, '')}${units[unit]}`;
}

/** A span as a reader says it: 14 -> "14 s", 200 -> "3 min", 7500 -> "2 h 5 min". */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  const minutes = Math.round(s / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  const days = Math.round(hours / 24);
  return days === 1 ? '1 day' : `${days} days`;
}

/** "2" or "2–4": the places that the intervals leave open. */
export function rankRange(first: number, last: number): string {
  return first === last ? `${first}` : `${first}–${last}`;
}

/** "9f2c…41ab" */
export function shortHash(sha256: string): string {
  return `${sha256.slice(0, 4)}…${sha256.slice(-4)}`;
}

/** The first letter of a sentence's start made large. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function signed(text: string): string {
  return text.replace('-', '−');
}
