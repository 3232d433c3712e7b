import { SingleBar } from 'cli-progress';

export interface Progress {
  /** Amount done so far. */
  set(done: number): void;
  /** A line of its own: at once, or behind the bar when that has ended. */
  note(line: string): void;
  end(): void;
}

export type Unit = (amount: number) => string;

/** 1234567 -> "1.2 MB" */
export const bytes: Unit = (amount) => {
  if (amount < 1e3) return `${amount} B`;
  if (amount < 1e6) return `${(amount / 1e3).toFixed(1)} kB`;
  if (amount < 1e9) return `${(amount / 1e6).toFixed(1)} MB`;
  return `${(amount / 1e9).toFixed(2)} GB`;
};

export interface ProgressOptions {
  readonly silent: boolean;
  /** Where it begins; default 0. */
  readonly from?: number;
  /** Speed and time left, told beside each amount; on a terminal every second too. */
  readonly pace?: (done: number) => string;
  /** Lines that are written at most where there is no terminal; default 4. */
  readonly lines?: number;
}

const SILENT: Progress = { set() {}, note() {}, end() {} };
const REFRESH_MS = 1000;
/** Columns that amount and pace take, about. */
const BESIDE = 65;

/** One bar on a terminal, a few lines elsewhere, nothing for machines. */
export function startProgress(title: string, total: number, unit: Unit, options: ProgressOptions): Progress {
  if (options.silent || total === 0) return SILENT;
  if (process.stderr.isTTY) return bar(title, total, unit, options);
  const { from = 0, lines = 4, pace } = options;
  let step = Math.floor((from / total) * lines);
  return {
    set(done) {
      const now = Math.floor((done / total) * lines);
      if (now <= step) return;
      step = now;
      const share = Math.floor((done / total) * 100);
      const speed = pace?.(done);
      process.stdout.write(`${title}: ${unit(done)} of ${unit(total)} (${share}%)${speed ? `, ${speed}` : ''}\n`);
    },
    note: (text) => process.stdout.write(`${text}\n`),
    end() {},
  };
}

function bar(title: string, total: number, unit: Unit, { from = 0, pace }: ProgressOptions): Progress {
  const line = new SingleBar({
    format: `${title} {bar} {percentage}%  {done} of {whole}{pace}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: Math.max(10, Math.min(40, (process.stderr.columns ?? 80) - title.length - BESIDE)),
    hideCursor: true,
    clearOnComplete: false,
    etaBuffer: 50,
  });
  const payload = (done: number) => {
    const speed = pace?.(done);
    return { done: unit(done), whole: unit(total), pace: speed ? `  ${speed}` : '' };
  };
  let last = from;
  const notes: string[] = [];
  line.start(total, last, payload(last));
  const refresh = pace ? setInterval(() => line.update(last, payload(last)), REFRESH_MS).unref() : undefined;
  return {
    set(done) {
      last = Math.min(done, total);
      line.update(last, payload(last));
    },
    note: (text) => notes.push(text),
    end() {
      clearInterval(refresh);
      // what the last redraw showed may be older than the end
      line.update(last, payload(last));
      line.stop();
      for (const text of notes.splice(0)) process.stdout.write(`${text}\n`);
    },
  };
}
