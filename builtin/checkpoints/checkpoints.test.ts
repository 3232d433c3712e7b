import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { each } from '../../test/support/each.ts';
import { FOLDER, NAMES } from '../../test/support/toy-evaluation.ts';

const MIB = 1024 * 1024;

describe('the files', () => {
  it('are those of eight checkpoints', () => {
    expect(NAMES).toHaveLength(8);
  });

  it('are small: each checkpoint at most 6 MB, all at most 30 MB', async () => {
    const sizes = await Promise.all(NAMES.map(sizeOf));
    for (const [i, size] of each(sizes).entries()) expect(size, NAMES[i]).toBeLessThanOrEqual(6 * MIB);
    expect(sizes.reduce((a, b) => a + b)).toBeLessThanOrEqual(30 * MIB);
  });

  it.each(NAMES)('%s has a model card with data, steps, seed, loss curve and licence', async (name) => {
    const card = await readFile(path.join(FOLDER, name, 'README.md'), 'utf8');
    for (const word of ['Data:', 'Steps:', 'Seed:', '| step |', 'Licence: Apache-2.0', '## Measured']) {
      expect(card).toContain(word);
    }
  });
});

async function sizeOf(name: string): Promise<number> {
  const entries = await readdir(path.join(FOLDER, name), { recursive: true, withFileTypes: true });
  const files = entries.filter((e) => e.isFile()).map((e) => stat(path.join(e.parentPath, e.name)));
  return (await Promise.all(files)).reduce((sum, { size }) => sum + size, 0);
}
