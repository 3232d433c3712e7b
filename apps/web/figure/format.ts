/** How counts, sizes and spans are written on the pages; measured figures: @gdbench/benchmark/figures. */

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

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
