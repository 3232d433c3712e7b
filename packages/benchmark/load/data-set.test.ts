import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { folderOf } from '../../../test/support/folder.ts';
import type { TaskName } from '../task.ts';
import { dataSetSha256, readAnnouncedVersions, readDataSetName } from './data-set.ts';

const versions: [TaskName, string][] = [
  ['winoground', '00000000000000ff'],
  ['clevr', '0123456789abcdef'],
];

it('the hash is that of a line a task, whatever their order', () => {
  const text = 'clevr 0123456789abcdef\nwinoground 00000000000000ff\n';
  const sha256 = createHash('sha256').update(text).digest('hex');
  expect(dataSetSha256(new Map(versions))).toBe(sha256);
  expect(dataSetSha256(new Map([...versions].reverse()))).toBe(sha256);
});

it('another version of a task, and a task more or less, make another hash', () => {
  const sets = [
    versions,
    versions.slice(1),
    [versions[0]!, ['clevr', '0123456789abcdee'] as [TaskName, string]],
    [...versions, ['pets', '0123456789abcdef'] as [TaskName, string]],
  ];
  expect(new Set(sets.map((set) => dataSetSha256(new Map(set)))).size).toBe(sets.length);
  expect(dataSetSha256(new Map())).toBeNull();
});

it.each([
  ['a manifest', { name: 'builtin', version: '1', seed: 0 }, { name: 'builtin', version: '1' }],
  ['a manifest of something else', { version: 1 }, null],
  ['a name without end', { name: 'x'.repeat(61), version: '1' }, null],
  ['letters of any script', { name: 'données', version: '二' }, { name: 'données', version: '二' }],
  ['a name with a line break', { name: 'builtin\nofficial', version: '1' }, null],
  ['a version with an escape', { name: 'builtin', version: '\u001b[31m1' }, null],
  ['a name that reorders what is seen', { name: 'official \u202enitliub', version: '1' }, null],
  ['a version with a character of no width', { name: 'builtin', version: '1\u200b' }, null],
  ['a name with a separator of lines', { name: 'a\u2028b', version: '1' }, null],
  ['a name with half a character', { name: 'a\ud800', version: '1' }, null],
  ['no JSON', '{', null],
])('%s', async (_what, manifest, name) => {
  expect(await readDataSetName(await folderOf({ 'manifest.json': manifest }))).toEqual(name);
});

it('a root without a manifest has no name', async () => {
  expect(await readDataSetName(await folderOf({}))).toBeNull();
});

it.each([
  ['versions', { dataVersions: { clevr: '0123456789abcdef' } }, { clevr: '0123456789abcdef' }],
  ['a task that is none', { dataVersions: { clever: '0123456789abcdef' } }, {}],
  ['a version that is none', { dataVersions: { clevr: 'newest' } }, {}],
  ['nothing', { name: 'builtin', version: '1' }, {}],
])('a manifest that announces %s', async (_what, manifest, versions) => {
  expect(await readAnnouncedVersions(await folderOf({ 'manifest.json': manifest }))).toEqual(versions);
});
