import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const CHILD = fileURLToPath(new URL('./memory-child.ts', import.meta.url));

/** Peak of resident memory, in bytes, of a process that scores so many examples of clevr. */
export async function peakMemory(dir: string, root: string, examples: number): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...process.execArgv,
    CHILD,
    dir,
    root,
    String(examples),
  ]);
  return Number(stdout);
}
