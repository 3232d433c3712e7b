import { canAct, composeAction } from './actions.ts';
import { deed } from './captions.ts';
import { randomLook } from './compose.ts';
import { isForTest } from './contents.ts';
import { type Random, randomStream } from './random.ts';
import { COLORS, contentKey, type Look, SHAPES, type Shape, type Verb } from './scene.ts';
import { type ScenePicture, type ScenePlan, scenePicture } from './scene-picture.ts';

/** One row of svo/svo.json; the two images differ in the part that `neg_type` names, and in nothing else that is said. */
export type SvoRow = {
  pos_id: string;
  neg_id: string;
  sentence: string;
  pos_triplet: string;
  neg_triplet: string;
  neg_type: 'subj' | 'verb' | 'obj';
};

/** Who does what to whom. */
type Triplet = { subj: Look; verb: Verb; obj: Look };

/** Triplets; each is the right one of a row a kind, with four images of its own: one as it is, one with each part changed. */
const SVO_TRIPLETS = 400;
const KINDS = ['subj', 'verb', 'obj'] as const;

// The verbs of a pair come from different lists. Within the first one a picture of one verb may be told by another: what
// is carried touches its carrier, and what is lifted is carried in a way.
const BY_CONTACT = ['carries', 'lifts', 'touches'] as const;
const BY_PLACE = ['hovers over', 'hides behind', 'is tied to'] as const;

const VERB_PAIRS: readonly [Verb, Verb][] = BY_CONTACT.flatMap((a) =>
  BY_PLACE.flatMap((b): [Verb, Verb][] => [
    [a, b],
    [b, a],
  ]),
);

/**
 * The rows and images of the three SVO tasks. No two rows of a task have a picture in common or hold the same things where they are right, and right
 * and wrong parts are drawn alike, so that the examples are independent and a guess without the sentence is at chance.
 * Verbs occur equally often, up to one pair of them.
 */
export function planSvo(seed: number): ScenePlan {
  const verbs = randomStream(seed, 'test/svo/verbs').shuffle(
    Array.from({ length: SVO_TRIPLETS }, (_, i) => VERB_PAIRS[i % VERB_PAIRS.length]!),
  );
  const taken = new Set<string>();
  const rows: SvoRow[] = [];
  const pictures: ScenePicture[] = [];
  for (const [i, pair] of verbs.entries()) {
    const [right, other] = drawTriplets(randomStream(seed, `test/svo/${i}`), pair, taken);
    const name = (k: number): string => `svo_${String(i * 4 + k).padStart(6, '0')}.png`;
    const all = [right, ...KINDS.map((kind): Triplet => ({ ...right, [kind]: other[kind] }))];
    for (const [k, { subj, verb, obj }] of all.entries()) {
      // A stream of its own: nothing of an image's layout tells of the others.
      const own = randomStream(seed, `test/svo/${i}/${k}`);
      pictures.push(scenePicture(`svo/images/${name(k)}`, composeAction(own, subj, obj, verb)));
    }
    for (const [k, neg_type] of KINDS.entries()) {
      rows.push({
        pos_id: name(0),
        neg_id: name(k + 1),
        sentence: deed(right.subj, right.verb, right.obj),
        pos_triplet: told(right),
        neg_triplet: told(all[k + 1]!),
        neg_type,
      });
    }
  }
  return { texts: [{ file: 'svo/svo.json', text: JSON.stringify(rows, null, 4) }], pictures };
}

/** Two triplets of four colours and these verbs: any part of the first may be exchanged for the other's. Shapes differ between subjects and between objects. What the first one holds is new to the task. */
function drawTriplets(random: Random, [verb, otherVerb]: [Verb, Verb], taken: Set<string>): [Triplet, Triplet] {
  for (;;) {
    const colors = random.shuffle(COLORS);
    const [subjects, objects] = [random.shuffle(SHAPES), random.shuffle(SHAPES)];
    const look = (color: number, shape: Shape): Look => ({ ...randomLook(random), color: colors[color]!, shape });
    const right: Triplet = { subj: look(0, subjects[0]!), verb, obj: look(1, objects[0]!) };
    if (!isForTest([right.subj, right.obj])) continue;
    const key = contentKey([right.subj, right.obj]);
    if (taken.has(key)) continue;
    const other: Triplet = { subj: look(2, subjects[1]!), verb: otherVerb, obj: look(3, objects[1]!) };
    // Any subject could do either to any object: else a look would tell which of two is the right one.
    const couples = [right.subj, other.subj].flatMap((s) => [right.obj, other.obj].map((o): [Look, Look] => [s, o]));
    if (couples.some(([s, o]) => !canAct(s, o, verb) || !canAct(s, o, otherVerb))) continue;
    if (!isForTest([other.subj, right.obj]) || !isForTest([right.subj, other.obj])) continue;
    taken.add(key);
    return [right, other];
  }
}

/** As the official file says it: subject, verb and object between commas. */
function told({ subj, verb, obj }: Triplet): string {
  return `${subj.color} ${subj.shape},${verb},${obj.color} ${obj.shape}`;
}
