import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { zipOf } from '../../test/support/archive.ts';
import { LFS_POINTER } from '../../test/support/disguises.ts';
import { type Files, folderOf } from '../../test/support/folder.ts';
import { LITTER } from '../../test/support/litter.ts';
import { expectRefusal } from '../../test/support/refusal.ts';
import { tinyDiffusion } from '../../test/support/tiny-checkpoints.ts';
import { tinyClip } from '../../test/support/tiny-clip.ts';
import { inspectCheckpoint } from './inspect.ts';

/*
 * One checkpoint in the arrangements that people have it in, and how many files it may have.
 */

const ldm = tinyDiffusion();
const clip = tinyClip();
const ZIP = await zipOf({ 'sd/model_index.json': '' });

const moved = (files: Files, to: string): Files =>
  Object.fromEntries(Object.entries(files).map(([file, content]) => [`${to}${file}`, content]));
const withText = (files: Files, file: string, text: (json: string) => string): Files => ({
  ...files,
  [file]: text(JSON.stringify(files[file])),
});

describe('a checkpoint is what it is', () => {
  const served: [title: string, files: Files, good: Files][] = [
    [
      'in a folder inside, with litter beside it',
      { ...moved(ldm, 'sd/'), '.DS_Store': 'x', '__MACOSX/sd/._a': 'x', 'README.md': 'x' },
      ldm,
    ],
    ['three folders deep', moved(clip, 'a/b/c/'), clip],
    [
      'with what a clone and a training leave',
      { ...ldm, ...Object.fromEntries(LITTER.map((file) => [file, 'x'])) },
      ldm,
    ],
    ['beside its zip', { ...moved(clip, 'clip/'), 'clip.zip': ZIP }, clip],
  ];
  it.each(served)('%s', async (_, files, good) => {
    const [one, other] = [
      await inspectCheckpoint(await folderOf(files)),
      await inspectCheckpoint(await folderOf(good)),
    ];
    if (!one.ok || !other.ok) throw new Error(`${one.ok || one.reason} ${other.ok || other.reason}`);
    expect(one.report.sha256).toBe(other.report.sha256);
  });

  it.each<[title: string, files: Files]>([
    ['a byte order mark', withText(ldm, 'unet/config.json', (json) => `\ufeff${json}`)],
    [
      'Infinity',
      withText(ldm, 'scheduler/scheduler_config.json', (json) => json.replace('{', '{"lambda_min_clipped":-Infinity,')),
    ],
    [
      'a length without end',
      withText(clip, 'tokenizer_config.json', (json) =>
        json.replace(/"model_max_length":\d+/, '"model_max_length":Infinity'),
      ),
    ],
    ['NaN', withText(ldm, 'unet/config.json', (json) => json.replace('{', '{"norm_eps":NaN,'))],
    [
      'a key that stands twice, of which the last counts',
      withText(ldm, 'unet/config.json', (json) => json.replace('{', '{"in_channels":7,')),
    ],
    [
      'pointers for files that are not read',
      { ...ldm, 'vae_decoder/model.onnx': LFS_POINTER, 'unet/model_fp16.onnx': LFS_POINTER },
    ],
  ])('also with %s', async (_, files) => {
    const inspection = await inspectCheckpoint(await folderOf(files));
    expect(inspection.ok || inspection.reason).toBe(true);
  });
});

describe('files are counted', () => {
  const many = (count: number): Files => {
    const names = Array.from({ length: count }, (_, i) => `blocks.${i}.weight`);
    const held = Object.keys(ldm).length;
    const extra = names.slice(0, count - held);
    return { ...ldm, ...Object.fromEntries(extra.map((name) => [`unet/${name}`, 'abcd'])) };
  };

  it('up to 2,000, and one more is refused with what brings them together', async () => {
    const dir = await folderOf(many(2_000));
    expect(await inspectCheckpoint(dir)).toMatchObject({ ok: true, report: { files: 2_000 } });
    await writeFile(path.join(dir, '.DS_Store'), 'is not counted');
    expect(await inspectCheckpoint(dir)).toMatchObject({ ok: true });
    await writeFile(path.join(dir, 'unet/one-more.weight'), 'abcd');
    const reason =
      /^The folder holds 2,001 files, where a checkpoint of at most 2,000 is expected; .*unet\/model.onnx.*save_as_external_data=True, all_tensors_to_one_file=True/;
    expectRefusal(await inspectCheckpoint(dir), '', reason);
  });
});
