import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from './alive.ts';

/** What a platform of this machine says of itself in its home while it runs. */
interface Running {
  /** "http://localhost:4000" */
  readonly apiUrl: string;
  /** The process that takes the file away when it ends. */
  readonly pid: number;
}

const fileIn = (home: string) => join(home, 'running.json');

/** Says in `home` where the platform is reached, for commands on this machine. Gives what takes the word back. */
export function announce(home: string, apiUrl: string): () => void {
  const file = fileIn(home);
  writeFileSync(file, `${JSON.stringify({ apiUrl, pid: process.pid })}\n`);
  return () => {
    // one that was started meanwhile keeps its own
    if (readRunning(home)?.pid === process.pid) rmSync(file, { force: true });
  };
}

/** The address of the API that runs with this home; null where none does, whatever one that was killed has left. */
export function runningApi(home: string): string | null {
  const running = readRunning(home);
  return running && isAlive(running.pid) ? running.apiUrl : null;
}

function readRunning(home: string): Running | null {
  try {
    const { apiUrl, pid } = JSON.parse(readFileSync(fileIn(home), 'utf8')) as Partial<Running>;
    const isWhole = typeof apiUrl === 'string' && URL.canParse(apiUrl) && Number.isInteger(pid) && Number(pid) > 0;
    return isWhole ? { apiUrl, pid: Number(pid) } : null;
  } catch {
    return null;
  }
}
