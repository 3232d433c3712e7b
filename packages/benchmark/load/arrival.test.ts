import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { type Arrived, AWAITED, arrivedIn, arrivedMessage, createArrival } from './arrival.ts';

/** Loads long after the messages have come, and then says whether the data were awaited, once clevr is there. */
const LATE = `
  await new Promise((resolve) => process.stdin.once('data', resolve));
  const { dataArrival } = await import(${JSON.stringify(new URL('./arrival.ts', import.meta.url).href)});
  const arrival = dataArrival();
  await arrival?.of('clevr');
  process.stdout.write(String(arrival !== undefined));
  process.exit(0);`;

function start(env: Record<string, string>, channel: 'ipc' | 'ignore') {
  const child = spawn(process.execPath, ['--input-type=module', '-e', LATE], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit', channel],
  });
  let said = '';
  child.stdout?.on('data', (chunk) => {
    said += chunk;
  });
  const send = (message: object) =>
    new Promise<void>((resolve, reject) => child.send(message, (error) => (error ? reject(error) : resolve())));
  const ended = new Promise<string>((resolve) => child.once('close', () => resolve(said)));
  return { send, goOn: () => child.stdin?.end('go on'), ended };
}

test('a message that comes before anyone asks is not lost', async () => {
  const { send, goOn, ended } = start(AWAITED, 'ipc');
  await send(arrivedMessage('clevr'));
  goOn();
  expect(await ended).toBe('true');
});

test('without that word, or without anyone who could tell, the data are there', async () => {
  const [notSaid, alone] = [start({}, 'ipc'), start(AWAITED, 'ignore')];
  notSaid.goOn();
  alone.goOn();
  expect(await Promise.all([notSaid.ended, alone.ended])).toEqual(['false', 'false']);
});

/** What has come by now, in the order in which it was waited for here. */
async function come({ arrival }: ReturnType<typeof createArrival>): Promise<string[]> {
  const heard: string[] = [];
  const waits = { examples: arrival.examples, clevr: arrival.of('clevr'), pets: arrival.of('pets'), all: arrival.all };
  for (const [name, wait] of Object.entries(waits)) wait.then(() => heard.push(name));
  // promises that are resolved have been heard of by then
  await new Promise((resolve) => setImmediate(resolve));
  return heard;
}

test('what has come is known of each part by itself, and the last word is for all', async () => {
  const made = createArrival();
  expect(await come(made)).toEqual([]);
  made.tell('examples');
  made.tell('clevr');
  expect(await come(made)).toEqual(['examples', 'clevr']);
  expect([made.arrival.has('clevr'), made.arrival.has('pets')]).toEqual([true, false]);
  made.tell('all');
  expect(await come(made)).toEqual(['examples', 'clevr', 'pets', 'all']);
  expect(made.arrival.has('pets')).toBe(true);
});

test('messages of other kinds say nothing', () => {
  expect((['examples', 'svo_verb', 'all'] satisfies Arrived[]).map((word) => arrivedIn(arrivedMessage(word)))).toEqual([
    'examples',
    'svo_verb',
    'all',
  ]);
  for (const other of [undefined, null, 'all', {}, { ready: true }]) expect(arrivedIn(other)).toBeUndefined();
});
