import { SingleBar } from 'cli-progress';

export interface Progress {
  /** Amount done so far. */
  set(done: number): void;
  end(): void;
}

export type Unit = (amount: number) => string;

/** 1234567 -> "1.2 MB" */
export const bytes: Unit = (amount) => {
  if (amount < 1e6) return `${(amount / 1e3).toFixed(1)} kB`;
  if (amount < 1e9) return `${(amount / 1e6).toFixed(1)} MB`;
  return `${(amount / 1e9).toFixed(2)} GB`;
};

const SILENT: Progress = { set() {}, end() {} };

/** One bar on a terminal, a line at every quarter elsewhere, nothing for machines. */
export function startProgress(title: string, total: number, unit: Unit, options: { silent: boolean }): Progress {
  if (options.silent || total === 0) return SILENT;
  if (process.stderr.isTTY) return bar(title, total, unit);
  let quarter = 0;
  return {
    set(done) {
      const now = Math.floor((done / total) * 4);
      if (now <= quarter) return;
      quarter = now;
      process.stdout.write(`${title}: ${unit(done)} of ${unit(total)} (${now * 25}%)\n`);
    },
    end() {},
  };
}

function bar(title: string, total: number, unit: Unit): Progress {
  const line = new SingleBar({
    format: `${title} {bar} {percentage}%  {done} of {whole}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: false,
    etaBuffer: 50,
  });
  line.start(total, 0, { done: unit(0), whole: unit(total) });
  return {
    set: (done) => line.update(Math.min(done, total), { done: unit(Math.min(done, total)) }),
    end: () => line.stop(),
  };
}
