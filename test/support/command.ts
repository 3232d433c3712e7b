import { type ChildProcess, spawn } from 'node:child_process';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts `gdbench <words>` as a user would; on the CPU unless `env` says otherwise, so that every machine scores alike. */
export function gdbench(words: string[], env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, ['apps/cli/gdbench.mjs', ...words], {
    env: { ...process.env, GDBENCH_DEVICE: 'cpu', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
  return { child, ended };
}

/** Submits a folder over the command line and gives the evaluation's id. */
export async function submit(
  apiUrl: string,
  folder: string,
  name: string,
): Promise<{ submissionId: string; evaluationId: string }> {
  const { code, stdout, stderr } = await gdbench(['submit', folder, '--name', name, '--server', apiUrl, '--json'])
    .ended;
  if (code !== 0) throw new Error(`gdbench submit ended with ${code}: ${stderr}${stdout}`);
  const lines = stdout.trim().split('\n');
  return JSON.parse(lines.at(-1) ?? '');
}
