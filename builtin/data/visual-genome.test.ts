import { describe, expect, it } from 'vitest';
import { each } from '../../test/support/each.ts';
import { canAct } from './actions.ts';
import { comesUp } from './brute-force.ts';
import { cameraAt, EYE, LENS } from './optics.ts';
import { SIDE } from './raycast.ts';
import { contentKey, type Scene, type Solid, VERBS } from './scene.ts';
import { bodyOf, hit } from './solids.ts';
import { isTrue } from './truth.ts';
import { visibleShares } from './visible.ts';
import { type AttributionRow, exchangesOf, planVisualGenome, type RelationRow } from './visual-genome.ts';

const plan = planVisualGenome(0);
const textOf = (file: string): string => plan.texts.find((text) => text.file === file)!.text;
const relations = JSON.parse(textOf('vg_relation/visual_genome_relation.json')) as RelationRow[];
const attributions = JSON.parse(textOf('vg_attribution/visual_genome_attribution.json')) as AttributionRow[];
const scenes = new Map(plan.pictures.map(({ file, scene }) => [file, scene]));
const TASKS = [
  { task: 'vg_relation', rows: relations },
  { task: 'vg_attribution', rows: attributions },
];

function counts(names: readonly string[]): number[] {
  return [...new Set(names)].map((name) => names.filter((n) => n === name).length);
}

/** The pixels through whose middle a ray meets the solid before any other. */
function pixelsOf(scene: Scene, solid: Solid): [number, number][] {
  const { forward, up } = cameraAt(scene.aim);
  const out: [number, number][] = [];
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const v = (1 - ((y + 0.5) / SIDE) * 2) * LENS;
      const d = [(((x + 0.5) / SIDE) * 2 - 1) * LENS, forward[0] + v * up[0], forward[1] + v * up[1]] as const;
      const n = Math.hypot(...d);
      const far = (s: Solid): number => hit(bodyOf(s), EYE.x, EYE.y, EYE.z, d[0] / n, d[1] / n, d[2] / n);
      const at = far(solid);
      if (at < Infinity && scene.solids.every((s) => s === solid || far(s) > at)) out.push([x, y]);
    }
  }
  return out;
}

describe('planVisualGenome', () => {
  it('has two official files and 400 images of three or four solids below either task, one row an image', () => {
    expect(plan.texts).toHaveLength(2);
    for (const { task, rows } of TASKS) {
      expect(rows).toHaveLength(400);
      const named = rows.map((row) => `${task}/images/${row.image_path}`).sort();
      expect(new Set(named).size).toBe(400);
      expect(named).toEqual([...scenes.keys()].filter((file) => file.startsWith(task)).sort());
    }
    expect(plan.pictures).toHaveLength(800);
    for (const row of each(relations)) {
      const scene = scenes.get(`vg_relation/images/${row.image_path}`)!;
      expect(scenes.get(`vg_attribution/images/${row.image_path}`)).toEqual(scene);
      expect([3, 4]).toContain(scene.solids.length);
    }
    expect(new Set([...scenes.values()].map((scene) => contentKey(scene.solids))).size).toBe(400);
  });

  it.each(TASKS)('says in $task what is true and false of the image, by either reading', ({ task, rows }) => {
    for (const row of each<(typeof rows)[number]>(rows)) {
      const scene = scenes.get(`${task}/images/${row.image_path}`)!;
      for (const judge of [isTrue, comesUp]) {
        expect(judge(row.true_caption, scene), row.true_caption).toBe(true);
        expect(judge(row.false_caption, scene), row.false_caption).toBe(false);
        // Nor is it false only for speaking of "the" one where there are two.
        expect(
          judge(row.false_caption.replaceAll('the ', 'a ').replace('to a ', 'to the '), scene),
          row.false_caption,
        ).toBe(false);
      }
    }
  });

  it('asks of no relation that the looks alone decide: either solid could do it to the other', () => {
    for (const { image_path, true_caption, relation_name } of each(relations)) {
      const { solids } = scenes.get(`vg_relation/images/${image_path}`)!;
      const pair = true_caption.match(/the \w+ (?:cube|sphere|cylinder)/g)!.map((phrase) => {
        const [, color, shape] = phrase.split(' ');
        return solids.find((l) => l.color === color && l.shape === shape)!;
      });
      const verb = /^(on top|under)/.test(relation_name) ? 'carries' : VERBS.find((v) => v === relation_name);
      if (!verb) continue;
      for (const [a, b] of [pair, pair.toReversed()]) expect(canAct(a!, b!, verb), true_caption).toBe(true);
    }
  });

  it('exchanges the two solids of a relation', () => {
    for (const { true_caption, false_caption, relation_name } of each(relations)) {
      const words =
        /^to the/.test(relation_name) || /^(in|on|be|un)/.test(relation_name) ? `is ${relation_name}` : relation_name;
      const [a, b] = true_caption.split(` ${words} `);
      expect(false_caption).toBe(`${b} ${words} ${a}`);
    }
  });

  it('exchanges the attributes that it names', () => {
    for (const { true_caption, false_caption, attributes } of each(attributions)) {
      const [, one, a, other, b] = /^the (\w+) (\w+) and the (\w+) (\w+)$/.exec(true_caption)!;
      expect(attributes).toEqual([one, other]);
      expect(false_caption).toBe(`the ${other} ${a} and the ${one} ${b}`);
    }
  });

  it('has ten relations equally often, and every pair of kinds of attributes', () => {
    expect(counts(relations.map((row) => row.relation_name))).toEqual(Array.from({ length: 10 }, () => 40));
    const kindOf = (word: string): string =>
      ['small', 'large'].includes(word) ? 'size' : ['matte', 'shiny'].includes(word) ? 'material' : 'color';
    const kinds = counts(attributions.map((row) => row.attributes.map(kindOf).join('_')));
    expect(kinds).toHaveLength(9);
    expect(Math.max(...kinds) - Math.min(...kinds)).toBeLessThanOrEqual(1);
  });

  it.each(TASKS)(
    'draws boxes of $task within the image: squares around both solids, as small as allowed',
    ({ task, rows }) => {
      for (const row of each<(typeof rows)[number]>(rows)) {
        const scene = scenes.get(`${task}/images/${row.image_path}`)!;
        expect(row.bbox_x).toBeGreaterThanOrEqual(0);
        expect(row.bbox_y).toBeGreaterThanOrEqual(0);
        expect(row.bbox_x + row.bbox_w).toBeLessThanOrEqual(SIDE);
        expect(row.bbox_y + row.bbox_h).toBeLessThanOrEqual(SIDE);
        const pixels = row.true_caption.match(/the \w+ (?:cube|sphere|cylinder)/g)!.flatMap((phrase) => {
          const [, trait, shape] = phrase.split(' ');
          const named = scene.solids.find(
            (l) => l.shape === shape && [l.color, l.size, l.material].some((w) => w === trait),
          );
          return pixelsOf(scene, named!);
        });
        const across = pixels.map(([x]) => x);
        const down = pixels.map(([, y]) => y);
        expect(row.bbox_x, row.image_path).toBeLessThanOrEqual(Math.min(...across));
        expect(row.bbox_y, row.image_path).toBeLessThanOrEqual(Math.min(...down));
        expect(row.bbox_x + row.bbox_w, row.image_path).toBeGreaterThan(Math.max(...across));
        expect(row.bbox_y + row.bbox_h, row.image_path).toBeGreaterThan(Math.max(...down));
        // No crop is stretched, and what is around the two is four pixels a side unless they are small.
        const extent = Math.max(Math.max(...across) - Math.min(...across), Math.max(...down) - Math.min(...down)) + 1;
        expect([row.bbox_w, row.bbox_h]).toEqual(Array(2).fill(Math.min(SIDE, Math.max(40, extent + 8))));
      }
    },
  );

  it('knows what else could be said of a scene, true captions and false exchanges', () => {
    for (const { image_path, true_caption, false_caption } of [
      ...relations.slice(0, 60),
      ...attributions.slice(0, 60),
    ]) {
      const scene = scenes.get(`vg_relation/images/${image_path}`)!;
      const all = exchangesOf(scene);
      for (const { right, wrong } of each(all)) {
        expect(comesUp(right, scene), right).toBe(true);
        expect(comesUp(wrong, scene), wrong).toBe(false);
      }
      expect(all.some(({ right, wrong }) => right === true_caption && wrong === false_caption)).toBe(true);
    }
  });

  it('lets every solid be seen', () => {
    for (const scene of each(scenes.values())) {
      for (const share of each(visibleShares(scene))) expect(share).toBeGreaterThan(0.3);
    }
  });
});
