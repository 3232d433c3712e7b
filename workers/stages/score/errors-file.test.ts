import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { isExact } from '@gdbench/benchmark/protocol';
import type { TaskData } from '@gdbench/benchmark/task';
import { openStorage } from '@gdbench/storage/storage';
import { beforeEach, expect, test } from 'vitest';
import { newFolder } from '../../../test/support/folder.ts';
import type { ErrorsHeader } from '../../engine/protocols/artifact.ts';
import { writeErrors } from '../../engine/protocols/artifact-writer.ts';
import { timestepsFor } from '../../engine/protocols/timesteps.ts';
import { ErrorsFlaw, keepErrors, mostBytes, withScratch } from './errors-file.ts';

const data: TaskData = {
  task: 'winoground',
  root: '/data',
  dataVersion: '0123456789abcdef',
  examples: [0, 1, 2].map((index) => ({
    index,
    id: `e${index}`,
    texts: ['a', 'b'],
    images: [{ path: '1.png' }, { path: '2.png' }],
    cluster: `${index}`,
  })),
};
const of = {
  data,
  from: 1,
  to: 3,
  checkpointSha256: 'c'.repeat(64),
  protocol: 'diffusion-itm',
  samples: 10,
  seed: 7,
  latentElements: 4,
} as const;
type Head = Omit<ErrorsHeader, 'format' | 'version'>;
const { checkpointSha256, samples, seed, latentElements } = of;
const header: Head = {
  checkpointSha256,
  task: data.task,
  dataVersion: data.dataVersion,
  samples,
  seed,
  latentElements,
};

let root: string;
beforeEach(async () => {
  root = newFolder();
});

/** What a child leaves for these examples. */
async function leave(
  path: string,
  indices: readonly number[],
  changed: Partial<Head> = {},
  baseline: 'uncond' | 'gray' | 'none' = 'uncond',
): Promise<void> {
  const row = () => Float32Array.from(timestepsFor(samples, 1_000), (_, k) => 1 + k / 3);
  const errors = () => ({
    cond: [0, 1].map(() => [row(), row()]),
    ...(baseline === 'none' ? {} : { [baseline]: [row(), row()] }),
  });
  const writer = await writeErrors(path, { ...header, ...changed });
  await writer.append(indices.map((index) => ({ index, example: `e${index}`, errors: errors() })));
  await writer.close();
}

const keep = (harm: (path: string) => Promise<unknown>) =>
  withScratch(root, async (scratch) => {
    await harm(join(scratch, 'errors.gz'));
    return keepErrors(await openStorage(`file:${join(root, 'store')}`), scratch, 'errors.gz', of);
  });

test('errors of the shard’s examples are stored as they are, and the scratch folder is gone', async () => {
  let left = Buffer.alloc(0);
  const kept = await keep(async (path) => {
    await leave(path, [1, 2]);
    left = await readFile(path);
  });
  expect(kept).toEqual({ sha256: createHash('sha256').update(left).digest('hex'), bytes: left.length });
  const stored = await buffer(await (await openStorage(`file:${join(root, 'store')}`)).read(kept.sha256));
  expect(stored.equals(left)).toBe(true);
  expect(await readdir(root)).toEqual(['store']);
});

test.each<[string, (path: string) => Promise<unknown>]>([
  ['nothing', async () => {}],
  ['a link to another file', (path) => symlink('/etc/hostname', path)],
  ['a folder', (path) => mkdtemp(`${path}`).then((made) => symlink(made, path))],
  [
    'more bytes than its examples can take',
    (path) => writeFile(path, '').then(() => truncate(path, mostBytes(of) + 1)),
  ],
  ['bytes that are no artifact', (path) => writeFile(path, 'rubbish')],
  ['one example less', (path) => leave(path, [1])],
  ['one example more', (path) => leave(path, [1, 2, 0])],
  ['other examples', (path) => leave(path, [0, 1])],
  ['those of another seed', (path) => leave(path, [1, 2], { seed: 8 })],
  ['those of another checkpoint', (path) => leave(path, [1, 2], { checkpointSha256: 'd'.repeat(64) })],
  ['those of another latent', (path) => leave(path, [1, 2], { latentElements: 8 })],
  ['those of the pairs alone', (path) => leave(path, [1, 2], {}, 'none')],
  ['those of the gray image where the empty text’s are needed', (path) => leave(path, [1, 2], {}, 'gray')],
])('%s is refused, and nothing is stored', async (_what, harm) => {
  await expect(keep(harm)).rejects.toBeInstanceOf(ErrorsFlaw);
  expect(await readdir(root)).toEqual([]);
});

test('errors are kept of protocols that draw every sample', () => {
  expect(['diffusion-itm', 'diffusion-itm-gray', 'diffusion-itm-adaptive', 'cosine'].map(isExact)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
