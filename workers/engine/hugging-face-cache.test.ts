import { createHash } from 'node:crypto';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { folderCalled } from '@gdbench/storage/remedy';
import { describe, expect, it } from 'vitest';
import { each } from '../../test/support/each.ts';
import { type Files, folderOf, newFolder, without, writeFiles } from '../../test/support/folder.ts';
import { expectRefusal } from '../../test/support/refusal.ts';
import { changedUnet } from '../../test/support/tiny-checkpoints.ts';
import { tinyClip } from '../../test/support/tiny-clip.ts';
import { inspectCheckpoint } from './inspect.ts';

const clip = tinyClip();

/** Lays a checkpoint's files into a Hugging Face cache; gives the repository's folder and that of its snapshot. */
async function cached(
  files: Files,
  name: string,
  called = 'models--somebody--tiny',
): Promise<{ repository: string; snapshot: string }> {
  const repository = path.join(newFolder(), name, called);
  const snapshot = path.join(repository, 'snapshots/0123abc');
  await mkdir(path.join(repository, 'refs'), { recursive: true });
  await writeFile(path.join(repository, 'refs/main'), '0123abc');
  await mkdir(path.join(repository, 'blobs'));
  for (const file of Object.keys(files)) {
    const blob = createHash('sha256').update(file).digest('hex');
    await writeFiles(path.join(repository, 'blobs'), { [blob]: files[file]! });
    const at = path.join(snapshot, file);
    await mkdir(path.dirname(at), { recursive: true });
    await symlink(path.relative(path.dirname(at), path.join(repository, 'blobs', blob)), at);
  }
  return { repository, snapshot };
}

describe('a snapshot of the Hugging Face cache', () => {
  const big: Files = {
    ...changedUnet((spec) => ({
      ...spec,
      weights: spec.weights.map((one) =>
        one.name === 'a' ? { ...one, external: { location: 'model.onnx_data', offset: 0, length: 4 } } : one,
      ),
    })),
    'unet/model.onnx_data': new Uint8Array(Float32Array.of(0.9).buffer),
  };

  it('is read through its links, given as itself, as its repository or as the cache', async () => {
    const good = await inspectCheckpoint(await folderOf(big));
    const { repository, snapshot } = await cached(big, 'hub');
    for (const dir of [snapshot, path.join(repository, 'snapshots'), repository, path.dirname(repository)]) {
      const inspection = await inspectCheckpoint(dir);
      expect(inspection).toMatchObject({ ok: true, report: { sha256: good.ok && good.report.sha256 } });
    }
  });

  it('is one under whatever name', async () => {
    const { snapshot } = await cached(clip, 'copied', 'a copy');
    expect(await inspectCheckpoint(snapshot)).toMatchObject({ ok: true });
  });

  it('is named where there are several, the one that is the present main first', async () => {
    const { repository } = await cached(clip, 'several');
    for (const revision of ['00old', 'ffnew']) await writeFiles(path.join(repository, 'snapshots', revision), clip);
    await writeFile(path.join(repository, 'refs/main'), 'ffnew');
    const reason =
      /^The folder holds 3 snapshots one folder deeper .*give one of them: \S+models--somebody--tiny\/snapshots\/ffnew\.$/;
    expectRefusal(
      await inspectCheckpoint(repository, { name: folderCalled('hub/models--somebody--tiny') }),
      '',
      reason,
    );
  });

  it('is refused with all links that leave the cache, and those to nothing', async () => {
    const { snapshot } = await cached(without(clip, 'config.json', 'text_model.onnx'), 'leaving');
    const secret = path.join(newFolder(), 'secret');
    await writeFile(secret, 'x');
    await symlink(secret, path.join(snapshot, 'config.json'));
    await symlink('../../blobs/gone', path.join(snapshot, 'text_model.onnx'));
    const inspection = await inspectCheckpoint(snapshot);
    if (inspection.ok) throw new Error('accepted');
    expect(inspection.faults.map(({ file, found }) => [file, found]).sort()).toEqual([
      ['config.json', 'is a symbolic link that leaves the folder'],
      ['text_model.onnx', 'is a symbolic link to a file that is not there'],
    ]);
    for (const { remedy } of each(inspection.faults))
      expect(remedy).toContain('`hf download somebody/tiny --local-dir tiny`');
    expect(inspection.reason).not.toContain(tmpdir());
  });
});
