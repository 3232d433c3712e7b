import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createArrival } from '@gdbench/benchmark/arrival';
import { loadTask } from '@gdbench/benchmark/load';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { newFolder } from '../../../test/support/folder.ts';
import { writeTinyData } from '../../../test/support/tiny-data.ts';
import { readBenchmarkData } from './data.ts';

const log = pino({ level: 'silent' });

const folder = newFolder();

test('what is asked before the data are there is answered from them once they are', async () => {
  const root = join(folder, 'late');
  const { arrival, tell } = createArrival();
  const data = readBenchmarkData(root, log, arrival);
  const asked = Promise.all([data.facts('clevr'), data.served(), data.identity()]);
  await writeTinyData(root);
  tell('all');
  const [facts, served, identity] = await asked;
  const { dataVersion, examples } = await loadTask(root, 'clevr');
  expect(facts).toMatchObject({ dataVersion, examples: examples.length, unavailable: null });
  expect([...served.keys()]).toEqual(['clevr', 'winoground']);
  expect(identity).toEqual(await readBenchmarkData(root, log).identity());
  expect(identity.sha256).toMatch(/^[0-9a-f]{64}$/);
});

test('the tasks are known before their images; facts wait for the images of tasks whose version nobody has announced', async () => {
  const [root, whole] = [join(folder, 'in parts'), join(folder, 'whole')];
  await writeTinyData(whole);
  const complete = readBenchmarkData(whole, log);
  const { dataVersion } = await complete.facts('clevr');
  await cp(whole, root, { recursive: true, filter: (path) => !path.endsWith('.png') });
  await writeFile(join(root, 'manifest.json'), JSON.stringify({ dataVersions: { clevr: dataVersion } }));
  const { arrival, tell } = createArrival();
  const data = readBenchmarkData(root, log, arrival);
  tell('examples');
  expect(await data.served()).toEqual(await complete.served());
  expect(await data.facts('clevr')).toEqual(await complete.facts('clevr'));
  const winoground = data.facts('winoground');
  await cp(whole, root, { recursive: true });
  tell('winoground');
  expect(await winoground).toEqual(await complete.facts('winoground'));
});

test('of a root that is not there, and nobody is making, each task says so', async () => {
  const data = readBenchmarkData(join(folder, 'nowhere'), log);
  expect((await data.facts('clevr')).unavailable).toMatch(/is not a folder of the data root/);
  expect((await data.served()).size).toBe(0);
});
