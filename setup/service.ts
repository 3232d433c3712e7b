import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AWAITED, arrivedMessage } from '@gdbench/benchmark/arrival';
import { ROOT } from '@gdbench/settings/root';
import type { Arrivals } from './drawing.ts';
import { SetupFault } from './fault.ts';

export interface Service {
  readonly name: string;
  readonly child: ChildProcess;
  /** Resolves when the process has ended, however it ended. */
  readonly ended: Promise<void>;
}

interface ServiceOptions {
  name: string;
  args: string[];
  cwd?: string;
  env: Record<string, string>;
  /** Folder of the log file `<name>.log`. */
  logs: string;
  /** What makes the data root, where it is not complete: the process is told what of it has come (`dataArrival`). */
  drawing?: Arrivals | undefined;
}

/**
 * Starts one of the platform's processes in a group of its own, so that Ctrl-C at the terminal reaches only us and we
 * can end them in order; they end by themselves when we are killed (@gdbench/launcher/end-with-parent).
 */
export function startService({ name, args, cwd = ROOT, env, logs, drawing }: ServiceOptions): Service {
  mkdirSync(logs, { recursive: true });
  const preload = ['--import', import.meta.resolve('@gdbench/launcher/end-with-parent')];
  const child = spawn(process.execPath, [...preload, ...args], {
    cwd,
    env: { ...process.env, ...env, ...(drawing ? AWAITED : {}) },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  // one that has ended meanwhile hears nothing
  drawing?.follow((arrived) => child.send(arrivedMessage(arrived), () => undefined));
  const log = createWriteStream(join(logs, `${name}.log`), { flags: 'a' });
  // a full disk must not stop the process that writes: what cannot be logged is dropped
  log.on('error', () => {
    child.stdout?.resume();
    child.stderr?.resume();
  });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  const ended = new Promise<void>((resolve) =>
    child.once('close', () => {
      log.end();
      resolve();
    }),
  );
  return { name, child, ended };
}

/** Waits for the first message that `pick` accepts; a process that ends before is a fault. */
export function messageFrom<T>(service: Service, pick: (message: unknown) => T | undefined, logs: string): Promise<T> {
  return new Promise((resolve, reject) => {
    service.child.on('message', (message) => {
      const picked = pick(message);
      if (picked !== undefined) resolve(picked);
    });
    service.ended.then(() =>
      reject(
        new SetupFault(
          `The ${service.name} process ended while starting: ${join(logs, `${service.name}.log`)} says why.`,
        ),
      ),
    );
  });
}

/** Ends a process: SIGTERM, and SIGKILL for the whole group when it has not ended after `graceMs`. */
export async function endService(service: Service, graceMs = 15_000): Promise<void> {
  if (service.child.exitCode === null && service.child.signalCode === null) service.child.kill('SIGTERM');
  const timer = setTimeout(() => {
    try {
      process.kill(-(service.child.pid ?? 0), 'SIGKILL');
    } catch {
      // the group is gone already
    }
  }, graceMs);
  await service.ended;
  clearTimeout(timer);
}
