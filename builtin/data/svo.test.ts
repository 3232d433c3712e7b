import { describe, expect, it } from 'vitest';
import { comesUp } from './brute-force.ts';
import { contentKey, type Scene, VERBS } from './scene.ts';
import { planSvo, type SvoRow } from './svo.ts';
import { isTrue } from './truth.ts';

const plan = planSvo(0);
const rows = JSON.parse(plan.texts[0]!.text) as SvoRow[];
const scenes = new Map(plan.pictures.map(({ file, scene }) => [file, scene]));
const sceneOf = (name: string): Scene => scenes.get(`svo/images/${name}`)!;
const KINDS = ['subj', 'verb', 'obj'] as const;
const ofKind = (kind: SvoRow['neg_type']): SvoRow[] => rows.filter((row) => row.neg_type === kind);

describe('planSvo', () => {
  it('has one official file, 400 rows a kind, and 800 pictures of as many scenes', () => {
    expect(plan.texts.map(({ file }) => file)).toEqual(['svo/svo.json']);
    expect(KINDS.map((kind) => ofKind(kind).length)).toEqual([400, 400, 400]);
    expect(scenes.size).toBe(800);
    expect(new Set([...scenes.values()].map((scene) => JSON.stringify(scene))).size).toBe(800);
  });

  it.each(KINDS)('uses every picture once in the rows of neg_type %s', (kind) => {
    const used = ofKind(kind).flatMap((row) => [`svo/images/${row.pos_id}`, `svo/images/${row.neg_id}`]);
    expect(used.sort()).toEqual([...scenes.keys()].sort());
  });

  it('writes sentences that are true of the first picture and false of the second, by either reading', () => {
    for (const { sentence, pos_id, neg_id } of rows) {
      for (const judge of [isTrue, comesUp]) {
        expect(judge(sentence, sceneOf(pos_id)), `${sentence} of ${pos_id}`).toBe(true);
        expect(judge(sentence, sceneOf(neg_id)), `${sentence} of ${neg_id}`).toBe(false);
      }
    }
  });

  it('changes the named part and nothing else of what the scene graph says', () => {
    for (const row of rows) {
      const [pos, neg] = [row.pos_id, row.neg_id].map((name) => {
        const { solids, action } = sceneOf(name);
        return {
          subj: contentKey([solids[action!.subject]!]),
          verb: action!.verb,
          obj: contentKey([solids[action!.object]!]),
        };
      });
      const changed = KINDS.filter((part) => pos![part] !== neg![part]);
      expect(changed, row.sentence).toEqual([row.neg_type]);
    }
  });

  it('says what the triplets say', () => {
    for (const row of rows) {
      const [subject, verb, object] = row.pos_triplet.split(',');
      expect(row.sentence).toBe(`a ${subject} ${verb} a ${object}`);
      const [s, v, o] = row.neg_triplet.split(',');
      expect(isTrue(`a ${s} ${v} a ${o}`, sceneOf(row.neg_id))).toBe(true);
    }
  });

  it.each(KINDS)('has every verb about equally often in the sentences of neg_type %s', (kind) => {
    const counts = VERBS.map((verb) => ofKind(kind).filter((row) => row.pos_triplet.split(',')[1] === verb).length);
    expect(counts.reduce((n, c) => n + c, 0)).toBe(400);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(4);
  });

  it('gives each word as often a right as a wrong picture, so that a caption-blind guess is at chance', () => {
    for (const kind of KINDS) {
      const part = KINDS.indexOf(kind);
      const balance = new Map<string, number>();
      for (const row of ofKind(kind)) {
        const [cube] = [Math.floor(Number(row.pos_id.slice(4, 10)) / 8)];
        for (const [triplet, sign] of [
          [row.pos_triplet, 1],
          [row.neg_triplet, -1],
        ] as const) {
          const key = `${cube} ${triplet.split(',')[part]}`;
          balance.set(key, (balance.get(key) ?? 0) + sign);
        }
      }
      expect(
        [...balance.values()].every((n) => n === 0),
        kind,
      ).toBe(true);
    }
  });

  it('gives the same plan for the same seed and another for another', () => {
    const told = (seed: number): string => JSON.stringify(planSvo(seed));
    expect(told(0)).toBe(JSON.stringify(plan));
    expect(told(1)).not.toBe(told(0));
  });
});
