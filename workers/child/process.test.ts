import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { folderOf } from '../../test/support/folder.ts';
import { type StageProcess, startStageProcess } from './process.ts';

const CHECKPOINT = join(process.cwd(), 'test/reference/odd-clip');
const PLENTY = 8e9;

const started: StageProcess[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) await child.kill();
});
function start(memoryBytes = PLENTY, onOutput?: (line: string) => void): StageProcess {
  const child = startStageProcess({ memoryBytes, ...(onOutput ? { onOutput } : {}) });
  started.push(child);
  return child;
}

test('a good checkpoint is accepted, and the same process answers again', async () => {
  const child = start();
  for (let n = 0; n < 2; n += 1) {
    const answer = await child.ask({ type: 'inspect', dir: CHECKPOINT }, { silenceSeconds: 120 });
    expect(answer).toMatchObject({ type: 'accepted', report: { kind: 'dual-encoder', protocol: 'cosine' } });
  }
});

test('a folder that holds no checkpoint is refused with a sentence', async () => {
  const dir = await folderOf({ 'notes.txt': 'no model' });
  const answer = await start().ask({ type: 'inspect', dir }, { silenceSeconds: 120 });
  expect(answer).toMatchObject({
    type: 'refused',
    faults: [{ message: expect.stringMatching(/^The folder holds no checkpoint/) }],
  });
});

test('a process that is killed rejects what it was asked, and what it is asked afterwards', async () => {
  const child = start();
  const asked = child.ask({ type: 'inspect', dir: CHECKPOINT }, { silenceSeconds: 120 });
  process.kill(child.pid, 'SIGKILL');
  await expect(asked).rejects.toMatchObject({ ending: { kind: 'killed', detail: 'SIGKILL' } });
  expect(child.ended).toBe(true);
  await expect(child.ask({ type: 'inspect', dir: CHECKPOINT }, { silenceSeconds: 120 })).rejects.toMatchObject({
    ending: { kind: 'killed' },
  });
});

test('a process that takes more memory than it may is ended', async () => {
  const asked = start(1e6).ask({ type: 'inspect', dir: CHECKPOINT }, { silenceSeconds: 120 });
  await expect(asked).rejects.toMatchObject({ ending: { kind: 'memory', bytes: 1e6 } });
});

test('a process that gives no sign of progress in its time is ended', async () => {
  const asked = start().ask({ type: 'inspect', dir: CHECKPOINT }, { silenceSeconds: 0.001 });
  await expect(asked).rejects.toMatchObject({ ending: { kind: 'time', seconds: 0.001 } });
});

test('an aborted request rejects with the reason of its signal', async () => {
  const controller = new AbortController();
  const asked = start().ask({ type: 'inspect', dir: CHECKPOINT }, { silenceSeconds: 120, signal: controller.signal });
  controller.abort(new Error('another worker has it'));
  await expect(asked).rejects.toThrow('another worker has it');
});

// Linux shows a process's environment as a file
test.runIf(process.platform === 'linux')(
  'the child sees neither the database nor any secret of the worker',
  async () => {
    process.env.DATABASE_URL = 'postgresql://user:password@localhost/db';
    process.env.AWS_SECRET_ACCESS_KEY = 'secret';
    const child = start();
    await child.ask({ type: 'inspect', dir: CHECKPOINT }, { silenceSeconds: 120 });
    const names = readFileSync(`/proc/${child.pid}/environ`, 'utf8')
      .split('\0')
      .map((line) => line.split('=')[0]);
    delete process.env.DATABASE_URL;
    delete process.env.AWS_SECRET_ACCESS_KEY;
    expect(names).toContain('PATH');
    expect(names).not.toContain('DATABASE_URL');
    expect(names).not.toContain('AWS_SECRET_ACCESS_KEY');
  },
);
