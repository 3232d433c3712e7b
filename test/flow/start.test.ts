import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TASK_NAMES } from '@gdbench/benchmark/task';
import { ask } from '@gdbench/schema/ask';
import { follow } from '@gdbench/schema/follow';
import { expect, test } from 'vitest';
import { freePort } from '../../setup/port.ts';
import { BoardChangedDocument, TasksDocument } from '../generated/graphql.ts';
import { builtinData } from '../support/builtin.ts';
import { gdbench } from '../support/command.ts';
import { newFolder } from '../support/folder.ts';
import { liveClient } from '../support/graphql.ts';

function npmStart(env: Record<string, string>) {
  const child = spawn(process.execPath, ['setup/launch.mjs', 'setup/start.ts'], {
    env: {
      ...process.env,
      GDBENCH_DATA: builtinData(),
      GDBENCH_LIMIT: '2',
      GDBENCH_SAMPLES: '2',
      DATABASE_URL: '',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      output += chunk;
    });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, ended, output: () => output };
}

const started = (child: ChildProcess, ended: Promise<unknown>, output: () => string) =>
  new Promise<void>((resolve, reject) => {
    child.on('message', () => resolve());
    ended.then(() => reject(new Error(`npm start ended early:\n${output()}`)));
  });

/** Processes whose environment names this home: what `npm start` has started, however it is related to it. */
function processesOf(home: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return environment.includes(`GDBENCH_HOME=${home}`) || command.includes(home) ? [`${pid} ${command}`] : [];
      } catch {
        return []; // it has ended meanwhile
      }
    });
}

/** The process's children, their children, and so on: also those that know nothing of the home. */
function descendantsOf(pid: number): number[] {
  const children = readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === pid;
    } catch {
      return false; // it has ended meanwhile
    }
  });
  return children.map(Number).flatMap((child) => [child, ...descendantsOf(child)]);
}

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // it has ended
  }
};

/** Waits until a checkpoint is scored: then the worker keeps a child process with its models open. */
async function scoringBegins(apiUrl: string): Promise<void> {
  const client = liveClient(apiUrl);
  for await (const { leaderboardChanged } of follow(client, BoardChangedDocument, {}))
    if (leaderboardChanged.edges.some(({ node }) => node.evaluation.shardsDone > 0)) break;
  await client.dispose();
}

test('npm start brings everything up, prints addresses that answer and commands find, and Ctrl-C leaves no process behind', async () => {
  const home = newFolder();
  const [apiPort, webPort] = [await freePort(), await freePort()];
  const { child, ended, output } = npmStart({
    GDBENCH_HOME: home,
    API_PORT: String(apiPort),
    WEB_PORT: String(webPort),
  });
  try {
    await started(child, ended, output);
    // the tests' own set-up has made all this: it is not made again
    expect(output()).not.toMatch(/Dependencies|Code generation|Build/);
    expect(output()).toContain(`http://localhost:${webPort}`);
    expect(output()).toContain(`http://localhost:${apiPort}/graphql`);
    expect((await fetch(`http://localhost:${apiPort}/readyz`)).status).toBe(200);
    expect(await (await fetch(`http://localhost:${webPort}/`)).text()).toContain('GDBench');
    const { tasks } = await ask(`http://localhost:${apiPort}`, TasksDocument, {});
    const served = tasks.filter(({ unavailable }) => unavailable === null).map(({ name }) => name);
    expect(served.sort()).toEqual([...TASK_NAMES].sort());

    const taken = npmStart({ GDBENCH_HOME: home, API_PORT: String(apiPort), WEB_PORT: String(webPort) });
    expect(await taken.ended).toBe(1);
    expect(taken.output().trim()).toMatch(new RegExp(`^Port ${apiPort} is taken by another program: [^\\n]*$`));

    const isLinux = process.platform === 'linux';
    await scoringBegins(`http://127.0.0.1:${apiPort}`);
    const asIfNew = { GDBENCH_HOME: home, GDBENCH_SERVER: '', GDBENCH_WEB: '', API_PORT: '' };
    const listed = await gdbench(['list', '--json'], asIfNew).ended;
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(listed.stdout).evaluations.length).toBeGreaterThan(0);
    const status = await gdbench(['status', JSON.parse(listed.stdout).evaluations[0].submissionId], asIfNew).ended;
    expect(status.stdout).toContain(`http://localhost:${webPort}/submissions/`);

    const family = isLinux ? descendantsOf(child.pid ?? 0) : [];
    if (isLinux) {
      expect(processesOf(home).length).toBeGreaterThan(3);
      expect(family.map(commandOf).filter((command) => command.includes('child/child.ts'))).not.toEqual([]);
    }
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(existsSync(join(home, 'running.json'))).toBe(false);
    if (isLinux) {
      expect(processesOf(home)).toEqual([]);
      expect(family.map(commandOf).filter(Boolean)).toEqual([]);
    }
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
});

test('a port that is not a number is one sentence', async () => {
  const { ended, output } = npmStart({ API_PORT: 'eighty' });
  expect(await ended).toBe(1);
  expect(output().trim()).toBe('API_PORT is "eighty": give a whole number from 0 to 65535.');
});
