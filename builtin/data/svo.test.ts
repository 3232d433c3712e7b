import { describe, expect, it } from 'vitest';
import { each } from '../../test/support/each.ts';
import { canAct } from './actions.ts';
import { comesUp } from './brute-force.ts';
import { contentKey, type Look, type Scene, VERBS, type Verb } from './scene.ts';
import { planSvo, type SvoRow } from './svo.ts';
import { isTrue } from './truth.ts';

const plan = planSvo(0);
const rows = JSON.parse(plan.texts[0]!.text) as SvoRow[];
const scenes = new Map(plan.pictures.map(({ file, scene }) => [file, scene]));
const sceneOf = (name: string): Scene => scenes.get(`svo/images/${name}`)!;
const KINDS = ['subj', 'verb', 'obj'] as const;
/** The four pictures of a triplet. */
const ofTriplet = (name: string): string[] =>
  rows.filter((row) => row.pos_id === name).flatMap((row, i) => (i === 0 ? [row.pos_id, row.neg_id] : [row.neg_id]));
const ofKind = (kind: SvoRow['neg_type']): SvoRow[] => rows.filter((row) => row.neg_type === kind);

describe('planSvo', () => {
  it('has one official file, 400 rows a kind, and 1,600 pictures of as many scenes', () => {
    expect(plan.texts.map(({ file }) => file)).toEqual(['svo/svo.json']);
    expect(KINDS.map((kind) => ofKind(kind).length)).toEqual([400, 400, 400]);
    expect(scenes.size).toBe(1600);
    expect(new Set([...scenes.values()].map((scene) => JSON.stringify(scene))).size).toBe(1600);
  });

  it.each(KINDS)('has no picture in two rows of neg_type %s, and no two right ones of the same things', (kind) => {
    const used = ofKind(kind).flatMap((row) => [row.pos_id, row.neg_id]);
    expect(new Set(used).size).toBe(800);
    expect(new Set(ofKind(kind).map((row) => contentKey(sceneOf(row.pos_id).solids))).size).toBe(400);
  });

  it('writes sentences that are true of the first picture and false of the second, by either reading', () => {
    for (const { sentence, pos_id, neg_id } of each(rows)) {
      for (const judge of [isTrue, comesUp]) {
        expect(judge(sentence, sceneOf(pos_id)), `${sentence} of ${pos_id}`).toBe(true);
        expect(judge(sentence, sceneOf(neg_id)), `${sentence} of ${neg_id}`).toBe(false);
      }
    }
  });

  it('changes the named part and nothing else of what the scene graph says', () => {
    for (const row of each(rows)) {
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
    for (const row of each(rows)) {
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

  it.each(KINDS)(
    'draws right and wrong parts of neg_type %s alike, so that a guess without the sentence is at chance',
    (kind) => {
      // Any subject could do either verb to any object, ...
      const partOf = (name: string): { subj: Look; verb: Verb; obj: Look } => {
        const { solids, action } = sceneOf(name);
        return { subj: solids[action!.subject]!, verb: action!.verb, obj: solids[action!.object]! };
      };
      for (const row of each(ofKind(kind))) {
        const [right, wrong] = [partOf(row.pos_id), partOf(row.neg_id)];
        const verbs = ofTriplet(row.pos_id).map((name) => partOf(name).verb);
        for (const verb of each(verbs))
          expect(canAct(wrong.subj, wrong.obj, verb) && canAct(right.subj, right.obj, verb)).toBe(true);
      }
      // ... and no word of the part that differs is on one side much more often: within four standard deviations.
      const counts = new Map<string, [number, number]>();
      for (const row of ofKind(kind)) {
        for (const [side, triplet] of [row.pos_triplet, row.neg_triplet].entries()) {
          for (const word of triplet.split(',')[KINDS.indexOf(kind)]!.split(' ')) {
            const both = counts.get(word) ?? [0, 0];
            both[side]! += 1;
            counts.set(word, both);
          }
        }
      }
      for (const [word, [pos, neg]] of each(counts))
        expect(Math.abs(pos - neg), word).toBeLessThanOrEqual(4 * Math.sqrt(pos + neg));
    },
  );

  it('gives the same plan for the same seed and another for another', () => {
    const told = (seed: number): string => JSON.stringify(planSvo(seed));
    expect(told(0)).toBe(JSON.stringify(plan));
    expect(told(1)).not.toBe(told(0));
  });
});
