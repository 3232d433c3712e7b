import { createHash } from 'node:crypto';
import type { OfficialExample } from '../load/official-task.ts';
import type { TaskName } from '../task.ts';

/**
 * Identity of what a task asks: a sha256, in hex, over a line of JSON for each example in its order, whatever files say so. Where
 * images are found in folders, and not named by metadata, it covers the texts alone: ImageCoDe's with their sets; the phrases of
 * bias; the classes of pets, in code-point order, since their own order changes no score.
 */
export function questionsSha256(task: TaskName, examples: readonly OfficialExample[]): string {
  const hash = createHash('sha256');
  for (const line of linesOf(task, examples)) hash.update(`${JSON.stringify(line)}\n`);
  return hash.digest('hex');
}

function linesOf(task: TaskName, examples: readonly OfficialExample[]): unknown[] {
  switch (task) {
    case 'pets':
      return [...(examples[0]?.texts ?? [])].sort();
    case 'mmbias':
    case 'genderbias':
      return [...new Set(examples.flatMap(({ texts }) => texts))];
    case 'imagecode':
    case 'imagecode_video':
      return examples.map(({ id, texts, right }) => [id, texts, right]);
    default:
      return examples.map(({ id, texts, images, right = 0, group = '', tags = [] }) => [
        id,
        texts,
        images.map(({ path, crop }) => (crop ? [path, crop.x, crop.y, crop.width, crop.height] : path)),
        right,
        group,
        tags,
      ]);
  }
}
