import { beforeAll, describe, expect, it } from 'vitest';
import { readImagecode } from '../../packages/benchmark/load/imagecode.ts';
import { each } from '../../test/support/each.ts';
import { newFolder, writeFiles } from '../../test/support/folder.ts';
import { planImagecode } from './imagecode.ts';
import type { Scene } from './scene.ts';
import { isTrue } from './truth.ts';

const plan = planImagecode(0);
const sceneOf = new Map(plan.pictures.map(({ file, scene }) => [file, scene]));
const root = newFolder();

beforeAll(async () => {
  await writeFiles(root, Object.fromEntries(plan.texts.map(({ file, text }) => [file, text])));
  await writeFiles(root, Object.fromEntries(plan.pictures.map(({ file }) => [file, 'a picture'])));
});

/** The ten scenes of each set, as the reader gives them. */
async function setsOf(task: 'imagecode' | 'imagecode_video'): Promise<Scene[][]> {
  const { examples } = await readImagecode(task)(root);
  const sets = new Map(examples.map(({ cluster, images }) => [cluster, images.map((i) => sceneOf.get(i.path)!)]));
  return [...sets.values()];
}

describe.each(['imagecode', 'imagecode_video'] as const)('%s', (task) => {
  it('has 25 sets with four descriptions each, every one true of exactly its own image of ten', async () => {
    const { examples } = await readImagecode(task)(root);
    expect(examples).toHaveLength(100);
    const sets = new Map<string, Set<string>>();
    for (const { cluster, texts, images, right } of each(examples)) {
      const truths = images.map(({ path: file }) => isTrue(texts[0]!, sceneOf.get(file)!));
      expect(truths).toEqual(Array.from({ length: 10 }, (_, i) => i === right));
      sets.set(cluster, (sets.get(cluster) ?? new Set()).add(texts[0]!));
    }
    expect([...sets.values()].map((texts) => texts.size)).toEqual(Array(25).fill(4));
  });

  it('shows ten different images of one stage, under one light', async () => {
    for (const scenes of each(await setsOf(task))) {
      expect(new Set(scenes.map(({ solids: _, ...stage }) => JSON.stringify(stage))).size).toBe(1);
      expect(new Set(scenes.map((scene) => JSON.stringify(scene))).size).toBe(10);
    }
  });
});

describe('the sets of variations', () => {
  it('differ from one of their images in one or two attributes or places', async () => {
    const changes = (a: Scene, b: Scene): number =>
      a.solids
        .flatMap((s, i) => {
          const t = b.solids[i]!;
          return [
            s.color !== t.color,
            s.shape !== t.shape,
            s.size !== t.size,
            s.material !== t.material,
            s.x !== t.x || s.y !== t.y,
          ];
        })
        .filter((changed) => changed).length;
    for (const scenes of each(await setsOf('imagecode'))) {
      const from = scenes.map((base) => Math.max(...scenes.map((scene) => changes(base, scene))));
      expect(Math.min(...from)).toBeLessThanOrEqual(2);
    }
  });
});

describe('the sets of frames', () => {
  it('move one solid, in even steps, and leave the other where it is', async () => {
    for (const frames of each(await setsOf('imagecode_video'))) {
      expect(new Set(frames.map(({ solids }) => JSON.stringify(solids[1]))).size).toBe(1);
      const movers = frames.map(({ solids }) => solids[0]!);
      expect(new Set(movers.map(({ x: _, y: __, ...look }) => JSON.stringify(look))).size).toBe(1);
      const steps = movers.slice(1).map((s, i) => Math.hypot(s.x - movers[i]!.x, s.y - movers[i]!.y));
      for (const step of each(steps)) expect(step).toBeCloseTo(steps[0]!, 6);
      expect(steps[0]!).toBeGreaterThan(0.1);
    }
  });

  it('have descriptions that would hold and fail alike were any frame a sixth of a step earlier or later', async () => {
    const { examples } = await readImagecode('imagecode_video')(root);
    const between = (frames: Scene[], k: number, to: number): Scene => {
      const [from, next] = [frames[k]!, frames[to]];
      if (!next) return from;
      const [mover, still] = from.solids;
      const share = (a: number, b: number): number => a + (b - a) / 6;
      const aim = next.solids[0]!;
      return { ...from, solids: [{ ...mover!, x: share(mover!.x, aim.x), y: share(mover!.y, aim.y) }, still!] };
    };
    for (const { texts, images, right } of each(examples)) {
      const frames = images.map(({ path: file }) => sceneOf.get(file)!);
      for (let k = 0; k < 10; k++) {
        for (const to of [k - 1, k + 1]) expect(isTrue(texts[0]!, between(frames, k, to))).toBe(k === right);
      }
    }
  });
});
