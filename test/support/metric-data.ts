import { seededIndex } from '../../packages/benchmark/metrics/random.ts';
import type { Example, ExampleScores, TaskData, TaskName } from '../../packages/benchmark/task.ts';
import { CLEVR_SUBTASKS } from '../../packages/benchmark/tasks/tasks.ts';

export type Data = Pick<TaskData, 'task' | 'examples' | 'pleasant'>;

const images = (n: number) => Array.from({ length: n }, (_, i) => ({ path: `/data/${i}.png` }));

export function clevr(imagesInAll: number): Data {
  const examples = CLEVR_SUBTASKS.flatMap((group) =>
    Array.from({ length: 2 * imagesInAll }, (_, i) => ({
      group,
      cluster: `${i >> 1}.png`,
      id: `${group}/${i >> 1}.png/${i % 2}`,
    })),
  );
  return {
    task: 'clevr',
    examples: examples.map((one, index): Example => ({ index, ...one, texts: ['right', 'wrong'], images: images(1) })),
  };
}

export function winoground(tags: readonly (readonly string[])[]): Data {
  return {
    task: 'winoground',
    examples: tags.map((own, index) => ({
      index,
      id: `${index}`,
      texts: ['a b', 'b a'],
      images: images(2),
      tags: own,
      cluster: `${index}`,
    })),
  };
}

export function mmbias(
  imagesAGroup: number,
  groups = ['Religion/Buddhist', 'Religion/Muslim', 'Emblem/A', 'Emblem/B', 'Emblem/C'],
): Data {
  const ids = groups.flatMap((group) =>
    Array.from({ length: imagesAGroup }, (_, i) => ({ group, id: `${group}/${i}.png` })),
  );
  return {
    task: 'mmbias',
    pleasant: 2,
    examples: ids.map(({ id, group }, index) => ({
      index,
      id,
      group,
      texts: ['joy', 'love', 'fear', 'hate', 'grief'],
      images: images(1),
      cluster: id,
    })),
  };
}

/**
 * `n` examples of a choice among texts of one image or images of one text; the right one's place turns where `turns`, and
 * `shared` examples stand in one cluster.
 */
export function choice(
  task: TaskName,
  n: number,
  [texts, pictures]: readonly [number, number],
  { shared = 1, turns = false, groups = [] }: { shared?: number; turns?: boolean; groups?: readonly string[] } = {},
): Data {
  const candidates = Math.max(texts, pictures);
  return {
    task,
    examples: Array.from({ length: n }, (_, index) => ({
      index,
      id: `${task}/${index}`,
      texts: Array.from({ length: texts }, (_, i) => `text ${i}`),
      images: images(pictures),
      cluster: `${Math.floor(index / shared)}`,
      ...(turns ? { right: index % candidates } : {}),
      ...(groups.length > 0 ? { group: groups[index % groups.length]! } : {}),
    })),
  };
}

export function genderbias(imagesAGroup: number): Data {
  const ids = ['clothes', 'bags', 'drinks'].flatMap((object) =>
    ['male', 'female'].flatMap((sex) =>
      Array.from({ length: imagesAGroup }, (_, i) => ({ group: `${object}/${sex}`, id: `${object}/${sex}/${i}` })),
    ),
  );
  const examples = ids.map(({ id, group }, index) => ({
    index,
    id,
    group,
    texts: ['first', 'second'],
    images: images(1),
    cluster: id,
  }));
  return { task: 'genderbias', pleasant: 1, examples };
}

/** A little data of every task; clusters are shared where the official data share images or sets. */
export const DATA: Record<TaskName, Data> = {
  clevr: clevr(5),
  winoground: winoground([['Relation', 'Noun'], ['Object'], ['Relation', 'Scope', 'Symbolic']]),
  flickr30k_image: choice('flickr30k_image', 9, [1, 10]),
  flickr30k_text: choice('flickr30k_text', 7, [10, 1]),
  imagecode: choice('imagecode', 12, [1, 10], { shared: 3, turns: true }),
  imagecode_video: choice('imagecode_video', 11, [1, 10], { shared: 2, turns: true }),
  svo_verb: choice('svo_verb', 8, [1, 2], { shared: 2 }),
  svo_subj: choice('svo_subj', 5, [1, 2]),
  svo_obj: choice('svo_obj', 6, [1, 2]),
  vg_relation: choice('vg_relation', 14, [2, 1], { shared: 3, groups: ['on', 'behind', 'on', 'holding', 'on'] }),
  vg_attribution: choice('vg_attribution', 9, [2, 1], { groups: ['red_small', 'wet_dry'] }),
  coco_order: choice('coco_order', 10, [5, 1], { shared: 5 }),
  flickr30k_order: choice('flickr30k_order', 7, [5, 1], { shared: 5 }),
  pets: choice('pets', 41, [37, 1], { turns: true }),
  mmbias: mmbias(4),
  genderbias: genderbias(3),
};
export const EVERY = Object.values(DATA);

export function scoresOf(
  { examples }: Data,
  score: (example: Example, text: number, image: number) => number,
): ExampleScores[] {
  return examples.map((example) => ({
    index: example.index,
    example: example.id,
    scores: example.texts.map((_, text) => example.images.map((_, image) => score(example, text, image))),
  }));
}

/** Whole scores of a few values, so that ties occur and shifts are exact. */
export function randomScores(data: Data, seed: number): ExampleScores[] {
  const index = seededIndex(seed);
  return scoresOf(data, () => index(4));
}
