import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from '@gdbench/settings/root';
import { isFull } from './disk.ts';
import { SetupFault } from './fault.ts';

const NOT_SOURCES = new Set(['node_modules', 'generated', '.next', '.gdbench', 'next-env.d.ts']);
/** Tests, and what the compiler and the build leave beside the sources: a product must not change its own inputs. */
const NOT_SOURCE = /\.test\.tsx?$|\.tsbuildinfo$/;

/** Says what is being done, does it, says how long it took; steps may run side by side, so that the end names its step. */
export async function step<T>(title: string, action: () => Promise<T>): Promise<T> {
  const began = performance.now();
  process.stdout.write(`▸ ${title}\n`);
  const result = await action();
  process.stdout.write(`  ${title}: done in ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
  return result;
}

export interface Derived {
  title: string;
  /** Files and folders below the root on which the product depends. */
  inputs: string[];
  /** A path that the action makes; its absence means that the action must run. */
  product: string;
  action: () => Promise<unknown>;
}

/** Whether the action has succeeded since an input last changed. */
export function isDerived({ inputs, product }: Omit<Derived, 'title' | 'action'>): boolean {
  const stamp = stampOf(product);
  return existsSync(join(ROOT, product)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint(inputs);
}

/** Runs the action only when an input has changed since it last succeeded. */
export async function derive({ title, inputs, product, action }: Derived): Promise<void> {
  if (isDerived({ inputs, product })) return;
  const [stamp, wanted] = [stampOf(product), fingerprint(inputs)];
  // an interrupted run may leave half a product, which the old stamp must not vouch for
  rmSync(stamp, { force: true });
  await step(title, action);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

function stampOf(product: string): string {
  return join(ROOT, 'node_modules/.gdbench', createHash('sha256').update(product).digest('hex').slice(0, 16));
}

function fingerprint(inputs: string[]): string {
  const hash = createHash('sha256');
  for (const input of inputs)
    for (const file of files(join(ROOT, input))) hash.update(`${file}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

function files(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => !NOT_SOURCES.has(name) && !NOT_SOURCE.test(name))
    .sort()
    .flatMap((name) => files(join(path, name)));
}

/** Scripts under way. */
const running = new Set<ChildProcess>();

/** Ends the scripts that `runNode` is waiting for, e.g. a build on Ctrl-C. */
export function endScripts(): void {
  for (const child of running) child.kill('SIGTERM');
}

interface ScriptOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** Takes what processor time the platform's own processes leave. */
  inBackground?: boolean;
  /** Hears what the script sends. */
  onMessage?: (message: unknown) => void;
}

/** Runs a Node script of the repository to its end; its output is shown only when it fails. */
export async function runNode(args: string[], options: ScriptOptions = {}): Promise<string> {
  const child = spawn(process.execPath, args, {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', options.onMessage ? 'ipc' : 'ignore'],
  });
  if (options.onMessage) child.on('message', options.onMessage);
  if (options.inBackground && child.pid) yieldProcessor(child.pid);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      output += chunk;
    });
  running.add(child);
  const code = await new Promise((resolve) => child.on('close', resolve));
  running.delete(child);
  if (code === 0) return output;
  process.stderr.write(output);
  if (await isFull(ROOT)) throw new SetupFault('The disk is full: free some space and run the command again.');
  throw new SetupFault(`\`node ${args.join(' ')}\` failed; its output stands above.`);
}

function yieldProcessor(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // a wish: the system may refuse it, and the process may have ended
  }
}
