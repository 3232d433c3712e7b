import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { lstat, mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Bucket, startBucket } from '../../test/support/bucket.ts';
import { newFolder } from '../../test/support/folder.ts';
import type { Storage } from './files-by-hash.ts';
import { removeHalfMade } from './leftovers.ts';
import { MAX_FILES } from './manifest.ts';
import { HashMismatchError, NotStoredError, openStorage } from './storage.ts';

const sha256 = (content: string) => createHash('sha256').update(content).digest('hex');

let root: string;
let storage: Storage;
let bucket: Bucket | undefined;
beforeEach(async () => {
  root = newFolder();
});
afterEach(async () => {
  await bucket?.close();
  bucket = undefined;
});

const inFolder = () => openStorage(`file:${join(root, 'store')}`);
async function inBucket(): Promise<Storage> {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'name');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  bucket = await startBucket();
  return openStorage(bucket.url);
}

async function incoming(content: string): Promise<string> {
  const path = join(root, `incoming-${sha256(content).slice(0, 8)}`);
  await writeFile(path, content);
  return path;
}

async function store(content: string): Promise<string> {
  await storage.put(sha256(content), await incoming(content));
  return sha256(content);
}

describe.each([
  ['a folder', inFolder, ['store']],
  ['a bucket', inBucket, []],
])('%s', (_where, open, own) => {
  beforeEach(async () => {
    storage = await open();
  });

  test('what is put can be read, and is gone from where it came', async () => {
    const path = await incoming('hello');
    expect(await storage.has(sha256('hello'))).toBe(false);
    await storage.put(sha256('hello'), path);
    expect(await storage.has(sha256('hello'))).toBe(true);
    expect(await text(await storage.read(sha256('hello')))).toBe('hello');
    expect(existsSync(path)).toBe(false);
  });

  test('what is to be kept stays', async () => {
    const path = await incoming('hello');
    await storage.put(sha256('hello'), path, { keep: true });
    expect(await readFile(path, 'utf8')).toBe('hello');
    await writeFile(path, 'changed');
    expect(await text(await storage.read(sha256('hello')))).toBe('hello');
  });

  test('a file that is another than its hash says is refused, stays where it was, and nothing is stored', async () => {
    const path = await incoming('damaged');
    const fault = await storage.put(sha256('whole'), path).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(HashMismatchError);
    expect(fault).toMatchObject({ expected: sha256('whole'), actual: sha256('damaged') });
    expect(existsSync(path)).toBe(true);
    expect(await storage.has(sha256('whole'))).toBe(false);
    expect(await storage.has(sha256('damaged'))).toBe(false);
  });

  test('putting the same file many times at once, or again, is putting it once', async () => {
    const paths = await Promise.all(
      [1, 2, 3].map(async (n) => {
        const path = join(root, `same-${n}`);
        await writeFile(path, 'same');
        return path;
      }),
    );
    await Promise.all(paths.map((path) => storage.put(sha256('same'), path)));
    await store('same');
    expect(await text(await storage.read(sha256('same')))).toBe('same');
    expect(paths.filter((path) => existsSync(path))).toEqual([]);
  });

  test.each(['', '../../etc/passwd', 'A'.repeat(64), `${'a'.repeat(64)}/../x`, 'a'.repeat(63)])(
    'the hash %j is refused',
    async (hash) => {
      await expect(storage.put(hash, await incoming('x'))).rejects.toThrow('no sha256');
      await expect((async () => storage.has(hash))()).rejects.toThrow('no sha256');
      await expect(storage.read(hash)).rejects.toThrow('no sha256');
      await expect(storage.materialise([{ path: 'a', sha256: hash }], join(root, 'out'))).rejects.toThrow('no sha256');
    },
  );

  test('what is not stored cannot be read or laid out', async () => {
    await expect(storage.read(sha256('nothing'))).rejects.toBeInstanceOf(NotStoredError);
    const files = [
      { path: 'a', sha256: await store('a') },
      { path: 'b', sha256: sha256('nothing') },
    ];
    await expect(storage.materialise(files, join(root, 'out'))).rejects.toBeInstanceOf(NotStoredError);
    expect((await readdir(root)).filter((name) => name.includes('out'))).toEqual([]);
  });

  test('a folder is laid out whole, with copies that do not reach the originals', async () => {
    const files = [
      { path: 'config.json', sha256: await store('{}') },
      { path: 'unet/model.onnx', sha256: await store('onnx') },
      { path: 'unet/copy.onnx', sha256: sha256('onnx') },
    ];
    const dir = join(root, 'out/checkpoint');
    await storage.materialise(files, dir);
    for (const [path, content] of [
      ['config.json', '{}'],
      ['unet/model.onnx', 'onnx'],
      ['unet/copy.onnx', 'onnx'],
    ] as const) {
      expect(await readFile(join(dir, path), 'utf8')).toBe(content);
      expect((await lstat(join(dir, path))).isFile()).toBe(true);
      expect((await lstat(join(dir, path))).nlink).toBe(1);
    }
    expect(await readdir(join(root, 'out'))).toEqual(['checkpoint']);
  });

  test('laying out again leaves the folder alone; other files replace it', async () => {
    const files = [{ path: 'a/b', sha256: await store('one') }];
    const dir = join(root, 'out');
    await storage.materialise(files, dir);
    const first = await stat(join(dir, 'a/b'));
    await storage.materialise(files, dir);
    expect((await stat(join(dir, 'a/b'))).ino).toBe(first.ino);
    await storage.materialise([{ path: 'c', sha256: await store('two') }], dir);
    expect(await readdir(dir)).toEqual(['c']);
  });

  test('many that lay out the same folder at once all find it whole', async () => {
    const files = await Promise.all(
      [1, 2, 3, 4, 5].map(async (n) => ({ path: `d/${n}`, sha256: await store(`content ${n}`) })),
    );
    const dir = join(root, 'out');
    await Promise.all(
      [1, 2, 3, 4].map(async () => {
        await storage.materialise(files, dir);
        expect((await readdir(join(dir, 'd'))).toSorted()).toEqual(['1', '2', '3', '4', '5']);
      }),
    );
    expect((await readdir(root)).toSorted()).toEqual([...own, 'out'].toSorted());
  });

  test.each([
    [['../escape']],
    [['/etc/cron.d/x']],
    [['a/../../escape']],
    [['a\\b']],
    [['a\0b']],
    [['']],
    [['a', 'a']],
    [['a', 'a/b']],
  ])('the paths %j are refused before anything is written', async (paths) => {
    const hash = await store('x');
    await expect(
      storage.materialise(
        paths.map((path) => ({ path, sha256: hash })),
        join(root, 'out'),
      ),
    ).rejects.toThrow(/path/);
    expect(await readdir(root)).toEqual(own);
  });

  test('more files than a checkpoint can have are refused', async () => {
    const hash = await store('x');
    const files = Array.from({ length: MAX_FILES + 1 }, (_, i) => ({ path: `f${i}`, sha256: hash }));
    await expect(storage.materialise(files, join(root, 'out'))).rejects.toThrow(`at most ${MAX_FILES}`);
  });

  test('a link that stands where a file should be is not taken for it', async () => {
    const files = [{ path: 'a', sha256: await store('one') }];
    const dir = join(root, 'out');
    await storage.materialise(files, dir);
    await rm(join(dir, 'a'), { force: true });
    await symlink('/etc/hostname', join(dir, 'a'));
    await storage.materialise(files, dir);
    expect((await lstat(join(dir, 'a'))).isFile()).toBe(true);
    expect(await readFile(join(dir, 'a'), 'utf8')).toBe('one');
  });

  test('the size of what is stored is known, and null of what is not', async () => {
    expect(await storage.size(await store('hello'))).toBe(5);
    expect(await storage.size(sha256('nothing'))).toBeNull();
  });
});

test('a bucket holds the files below the prefix, by their sha256', async () => {
  storage = await inBucket();
  const hash = await store('in a bucket');
  expect(bucket?.paths()).toEqual([`/checkpoints/of/board/${hash}`]);
});

test.each(['', 'file:', 'file:relative', 'http://x', 's3:', 's3:bucket?endpoint=nonsense', 's3:bucket?other=1'])(
  'the address %j names no storage',
  (url) => expect(openStorage(url)).rejects.toThrow(/names no storage: write file:/),
);

test('what was left half made over a day ago is removed, and nothing else', async () => {
  storage = await inFolder();
  const hash = await store('hello');
  const [incomingFolder, work] = [join(root, 'store/incoming'), join(root, 'work')];
  const half = `.${hash}.01890000-0000-4000-8000-00000000000`;
  const folders = [`${half}0`, `${half}1.old`, `${half}2`, hash, '.hidden'];
  for (const name of folders) {
    await mkdir(join(work, name), { recursive: true });
    await writeFile(join(work, name, 'model.onnx'), 'half');
  }
  await mkdir(incomingFolder, { recursive: true });
  for (const name of ['old', 'new']) await writeFile(join(incomingFolder, name), 'half');
  const past = new Date(Date.now() - 25 * 3_600_000);
  for (const path of [join(incomingFolder, 'old'), ...folders.toSpliced(2, 1).map((name) => join(work, name))])
    await utimes(path, past, past);
  await Promise.all([removeHalfMade(work), removeHalfMade(work), storage.tidy(), storage.tidy()]);
  expect((await readdir(work)).sort()).toEqual(['.hidden', `${half}2`, hash].sort());
  expect(await readdir(incomingFolder)).toEqual(['new']);
  expect(await text(await storage.read(hash))).toBe('hello');
  await removeHalfMade(join(root, 'not there'));
});
