import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderOf } from '../../../test/support/folder.ts';
import { fullTree } from '../../../test/support/official-tree.ts';
import { loadTask } from '../load/load.ts';
import { EDITIONS } from './editions.ts';
import { EditionsFault, readEditions } from './read-editions.ts';

const VERSION = '0123456789abcdef';
const file = (editions: unknown) => ({ editions });
const one = (name: string, tasks: unknown) => file([{ name, tasks }]);

it('without a file those that everybody knows are known', async () => {
  expect(await readEditions(undefined)).toBe(EDITIONS);
  expect(await readEditions('')).toBe(EDITIONS);
});

it('an edition of a file counts as any other, one that lies in the data root does not', async () => {
  const root = await folderOf(fullTree());
  const { dataVersion, edition } = await loadTask(root, 'pets');
  expect(edition.state).toBe('part');
  const own = one('lab 1', { pets: { examples: 3, dataVersion } });
  const folder = await folderOf({ 'editions.json': own });
  const editions = await readEditions(join(folder, 'editions.json'));
  expect(editions.slice(0, -1)).toEqual(EDITIONS);
  expect((await loadTask(root, 'pets', { editions })).edition).toEqual({
    state: 'whole',
    name: 'lab 1',
    examples: 3,
    of: 3,
  });
  const claimed = await folderOf({ ...fullTree(), 'editions.json': own, 'manifest.json': own });
  expect((await loadTask(claimed, 'pets')).edition.state).toBe('part');
});

it.each<[string, unknown, RegExp]>([
  ['no JSON', '{"editions": [', /is not valid JSON/],
  ['NaN', '{"editions": [{"name": NaN, "tasks": {}}]}', /holds NaN.*in editions, 0, name/],
  ['another form', [], /an object is expected, and a list of 0 found/],
  ['an unknown task', one('a', { cats: {} }), /at editions, 0, tasks/],
  ['an unknown field', one('a', { pets: { examples: 3, dataVersion: VERSION, version: 1 } }), /another form/],
  ['no count', one('a', { pets: { dataVersion: VERSION } }), /at editions, 0, tasks, pets, examples: .*nothing found/],
  ['a count of none', one('a', { pets: { examples: 0, dataVersion: VERSION } }), /of at least 1 is expected, and 0/],
  ['a short hash', one('a', { pets: { examples: 3, dataVersion: '12' } }), /dataVersion/],
  ['nothing to know it by', one('a', { pets: { examples: 3 } }), /says nothing of pets in a by which/],
  ['empty metadata', one('a', { pets: { examples: 3, metadata: {} } }), /says nothing of pets in a by which/],
  ['the official name', one('Official', { pets: { examples: 3, dataVersion: VERSION } }), /Official, which there is/],
  ['a name twice', file(['a', 'A'].map((name) => ({ name, tasks: {} }))), /which there is already/],
  ['a hidden character', one('a\u200b', {}), /cannot be seen/],
])('%s is refused in one sentence that names the file and the setting', async (_what, content, sentence) => {
  const path = join(await folderOf({ 'editions.json': content }), 'editions.json');
  const fault = await readEditions(path).catch((error) => error);
  expect(fault).toBeInstanceOf(EditionsFault);
  expect(fault.message).toMatch(sentence);
  expect(fault.message).toContain(`The file of editions ${path} (GDBENCH_EDITIONS)`);
  expect(fault.message).toMatch(/^[^\n]+\.$/);
  expect(fault.message).not.toMatch(/Invalid|expected record|received/);
});

it('a file that is not there is refused too', async () => {
  await expect(readEditions('/nowhere/editions.json')).rejects.toThrow(/cannot be read \(ENOENT\): give a JSON file/);
});

it('the example of the documentation is one', async () => {
  const page = await readFile(new URL('../../../docs/official-data.md', import.meta.url), 'utf8');
  const [, example] = /```json\n(.*?)```/s.exec(page) ?? [];
  const editions = await readEditions(join(await folderOf({ 'editions.json': example! }), 'editions.json'));
  expect(editions.at(-1)).toMatchObject({ name: 'lab 2026-11', tasks: { svo_verb: { examples: 9876 } } });
});
