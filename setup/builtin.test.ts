import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { builtinCheckpoints } from './builtin.ts';

test('checkpoints of one pass come before diffusion, each by name; other folders and files are left out', async () => {
  const root = await mkdtemp(join(tmpdir(), 'gdbench-builtin-'));
  try {
    const marks = {
      'b-clip': 'config.json',
      'a-ldm': 'model_index.json',
      'c-itm': 'config.json',
      'd-ldm': 'model_index.json',
    };
    for (const [name, mark] of Object.entries(marks)) {
      await mkdir(join(root, name));
      await writeFile(join(root, name, mark), '{}');
    }
    await mkdir(join(root, 'notes'));
    await writeFile(join(root, 'train.py'), '');
    expect(builtinCheckpoints(root)).toEqual(
      ['b-clip', 'c-itm', 'a-ldm', 'd-ldm'].map((name) => ({ name, folder: join(root, name) })),
    );
  } finally {
    await rm(root, { recursive: true });
  }
});
