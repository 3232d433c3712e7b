import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { ARRIVED, AWAITED } from './arrival.ts';

/** Loads long after the message has come, and then says whether the data were awaited, once they are there. */
const LATE = `
  await new Promise((resolve) => process.stdin.once('data', resolve));
  const { dataArrival } = await import(${JSON.stringify(new URL('./arrival.ts', import.meta.url).href)});
  const arrival = dataArrival();
  await arrival;
  process.stdout.write(String(arrival !== undefined));
  process.exit(0);`;

function start(env: Record<string, string>, channel: 'ipc' | 'ignore') {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', LATE], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit', channel],
  });
  let said = '';
  child.stdout?.on('data', (chunk) => {
    said += chunk;
  });
  const ended = new Promise<string>((resolve) => child.once('close', () => resolve(said)));
  return { child, goOn: () => child.stdin?.end('go on'), ended };
}

test('a message that comes before anyone asks is not lost', async () => {
  const { child, goOn, ended } = start(AWAITED, 'ipc');
  await new Promise<void>((resolve, reject) => child.send(ARRIVED, (error) => (error ? reject(error) : resolve())));
  goOn();
  expect(await ended).toBe('true');
});

test('without that word, or without anyone who could tell, the data are there', async () => {
  const [notSaid, alone] = [start({}, 'ipc'), start(AWAITED, 'ignore')];
  notSaid.goOn();
  alone.goOn();
  expect(await Promise.all([notSaid.ended, alone.ended])).toEqual(['false', 'false']);
});
