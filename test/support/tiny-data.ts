import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CLEVR_SUBTASKS } from '@gdbench/benchmark/tasks';
import { flatSquare } from './flat-images.ts';

const SCENES = 3;
const WINOGROUND = 3;
/** Pixels of a square's side. */
const SIDE = 40;

/**
 * Writes a data root in the official layout with plain coloured squares: clevr (7 subtasks of 3 examples) and winoground
 * (3 examples). mmbias is left out, as on many a real root.
 */
export async function writeTinyData(root: string): Promise<void> {
  for (let scene = 0; scene < SCENES; scene += 1)
    await flatSquare(join(root, 'clevr/images', `CLEVR_val2_00000${scene}.png`), scene, SIDE);
  for (const [n, subtask] of CLEVR_SUBTASKS.entries()) {
    const captions = Array.from({ length: SCENES }, (_, scene) => [
      `CLEVR_val2_00000${scene}.png`,
      [[`a red cube ${n} ${scene}`, `a blue cube ${n} ${scene}`]],
    ]);
    await json(join(root, 'clevr/captions', `${subtask}.json`), Object.fromEntries(captions));
  }
  const rows = Array.from({ length: WINOGROUND }, (_, id) => ({
    id,
    caption_0: `a cube on a ball ${id}`,
    caption_1: `a ball on a cube ${id}`,
    tag: 'Scope',
    secondary_tag: '',
    collapsed_tag: 'Object',
  }));
  await json(join(root, 'winoground/data.json'), rows);
  for (const { id } of rows)
    for (const side of [0, 1])
      await flatSquare(join(root, 'winoground/images', `ex_${id}_img_${side}.png`), 10 + 2 * id + side, SIDE);
}

async function json(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify(value));
}
