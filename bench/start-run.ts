import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Moment, saysWhy, stepDone } from './start-times.ts';

const END_SECONDS = 60;
/** What would lead it to another database, state folder or data, and what npm tells the scripts of this folder. */
const NOT_INHERITED = /^(GDBENCH_|npm_|DATABASE_URL$|INIT_CWD$|NODE_ENV$)/;

/** `npm start` under way. */
export interface Running {
  /** Tells of a moment and gives its seconds. */
  note(step: string): number;
  /** Since it was spawned. */
  seconds(): number;
  hasEnded(): boolean;
  /** The last line that may say why it has ended. */
  lastLine(): string;
  /** Ends it as Ctrl-C does, or by force when that takes too long. */
  end(): Promise<void>;
}

/**
 * Runs `npm start` in a folder, in a group of its own, with the environment of a new terminal and these settings, and tells
 * of every step when it says that it is done.
 */
export function npmStart(folder: string, settings: Record<string, string>, tell: (moment: Moment) => void): Running {
  const inherited = Object.entries(process.env).filter(([name]) => !NOT_INHERITED.test(name));
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const child = spawn('npm', ['start'], {
    cwd: folder,
    env: { ...Object.fromEntries(inherited), ...settings },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const note = (step: string): number => {
    const moment = { step, seconds: Number(seconds().toFixed(2)) };
    tell(moment);
    return moment.seconds;
  };
  let hasEnded = false;
  let tail = '';
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      const step = stepDone(line);
      if (step) note(step);
      if (saysWhy(line)) tail = line;
    });
  const ended = new Promise<void>((resolve) => {
    const stop = () => {
      hasEnded = true;
      resolve();
    };
    child.once('close', stop).once('error', stop);
  });
  const signal = (name: 'SIGINT' | 'SIGKILL') => {
    if (!hasEnded && child.pid) process.kill(-child.pid, name);
  };
  return {
    note,
    seconds,
    hasEnded: () => hasEnded,
    lastLine: () => tail,
    async end() {
      signal('SIGINT');
      const timer = setTimeout(() => signal('SIGKILL'), END_SECONDS * 1000);
      await ended;
      clearTimeout(timer);
    },
  };
}
