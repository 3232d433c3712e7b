import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { CLEVR_SUBTASKS } from '../tasks/tasks.ts';

/** Files of a data root for a test, by path relative to it. Anything but a string is written as JSON. */
export type Tree = Record<string, unknown>;

/** A new data root with these files; it is removed when the test ends. */
export async function writeTree(tree: Tree): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'gdbench-data-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await addFiles(root, tree);
  return root;
}

export async function addFiles(root: string, tree: Tree): Promise<void> {
  for (const [path, content] of Object.entries(tree)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
}

/** Loaders never decode an image: any bytes do. */
const image = (name: string) => `pixels of ${name}`;

/** A small root for all tasks: clevr 2 images by 2 captions, winoground 2 examples, mmbias 3 groups. */
export function smallTree(): Tree {
  const pairs = (name: string) => [
    [`right ${name} 0`, `wrong ${name} 0`],
    [`right ${name} 1`, `wrong ${name} 1`],
  ];
  const captions = CLEVR_SUBTASKS.map((subtask) => [
    `clevr/captions/${subtask}.json`,
    { 'z.png': pairs(`${subtask} z`), 'a.png': pairs(`${subtask} a`) },
  ]);
  const row = (id: number, tag: string, secondary_tag: string, collapsed_tag: string) => ({
    id,
    caption_0: `${id} first`,
    caption_1: `${id} second`,
    tag,
    secondary_tag,
    num_main_preds: 1,
    collapsed_tag,
  });
  const images = [
    'clevr/images/z.png',
    'clevr/images/a.png',
    ...[7, 3].flatMap((id) => [0, 1].map((i) => `winoground/images/ex_${id}_img_${i}.png`)),
    ...['Religion/Muslim/2.jpg', 'Religion/Muslim/10.jpg', 'Religion/Buddhist/1.jpg', 'Religion A/Other/1.PNG'].map(
      (path) => `mmbias/data/Images/${path}`,
    ),
  ];
  return {
    ...Object.fromEntries(captions),
    'winoground/data.json': [row(7, 'Noun', '', 'Object'), row(3, 'Scope', 'Series', 'Relation')],
    'mmbias/textual_phrases.txt': { unpleasant_phrases: ['fear', 'hate', 'grief'], pleasant_phrases: ['joy', 'love'] },
    ...Object.fromEntries(images.map((path) => [path, image(path)])),
  };
}
