/** What is known of a run's speed. */
export interface Pace {
  /** Examples of the whole that are done, `before` of them by an earlier run. */
  readonly done: number;
  readonly before: number;
  readonly total: number;
  /** Rows that went through the model in this run. */
  readonly rows: number;
  /** Of this run, so far. */
  readonly seconds: number;
}

/** "12 min left, 3.4 examples/s, 210 rows/s": a narrow terminal cuts the end. What is not known yet is left out. */
export function describePace({ done, before, total, rows, seconds }: Pace): string {
  if (seconds <= 0) return '';
  const rate = (done - before) / seconds;
  return [
    rate > 0 && done < total ? `${duration((total - done) / rate)} left` : '',
    rate > 0 ? `${figure(rate)} examples/s` : '',
    rows > 0 ? `${figure(rows / seconds)} rows/s` : '',
  ]
    .filter(Boolean)
    .join(', ');
}

/** Two digits, or all that are before the point. */
function figure(rate: number): string {
  return rate >= 10 ? Math.round(rate).toLocaleString('en') : String(Number(rate.toPrecision(2)));
}

/** 75 -> "75 s", 600 -> "10 min", 9000 -> "2.5 h" */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
}
