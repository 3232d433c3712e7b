import { canAct, composeAction } from './actions.ts';
import { deed } from './captions.ts';
import { randomLook } from './compose.ts';
import { type Random, randomStream } from './random.ts';
import { COLORS, contentKey, type Look, SHAPES, type Verb } from './scene.ts';
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

/** Two subjects, two verbs and two objects: their eight sentences are the corners, and each has an image. */
type Cube = { subjects: [Look, Look]; verbs: [Verb, Verb]; objects: [Look, Look] };
/** A corner's subject, verb and object, each 0 or 1. */
type Corner = readonly [number, number, number];

const SVO_CUBES = 100;
const CORNERS = [0, 1, 2, 3, 4, 5, 6, 7].map((n): Corner => [n >> 2, (n >> 1) & 1, n & 1]);
const KINDS = ['subj', 'verb', 'obj'] as const;

// The verbs of a pair come from different lists. Within the first one a picture of one verb may be told by another: what
// is carried touches its carrier, and what is lifted is carried in a way.
const BY_CONTACT = ['carries', 'lifts', 'touches'] as const;
const BY_PLACE = ['hovers over', 'hides behind', 'is tied to'] as const;

/**
 * The rows and images of the three SVO tasks: for each cube four rows a kind, along its edges, so that a kind uses each of
 * the eight images once, and each part of a cube is right as often as wrong. All verbs occur equally often, up to one cube.
 */
export function planSvo(seed: number): ScenePlan {
  const taken = new Set<string>();
  const rows: SvoRow[] = [];
  const pictures: ScenePicture[] = [];
  for (let c = 0; c < SVO_CUBES; c++) {
    const random = randomStream(seed, `test/svo/${c}`);
    const cube = drawCube(random, c, taken);
    const nameOf = (corner: Corner): string => `svo_${String(c * 8 + cornerIndex(corner)).padStart(6, '0')}.png`;
    for (const corner of CORNERS) {
      const { subject, verb, object } = partsOf(cube, corner);
      // A stream of its own: nothing of an image's layout tells of its neighbours in the cube.
      const own = randomStream(seed, `test/svo/${c}/${cornerIndex(corner)}`);
      pictures.push(scenePicture(`svo/images/${nameOf(corner)}`, composeAction(own, subject, object, verb)));
    }
    for (const [axis, neg_type] of KINDS.entries()) {
      const turned = random.shuffle([0, 0, 1, 1]);
      const edges = CORNERS.filter((corner) => corner[axis] === 0);
      for (const [i, edge] of edges.entries()) {
        const ends = [edge, other(edge, axis)] as const;
        const pos = ends[turned[i]!]!;
        const neg = ends[1 - turned[i]!]!;
        const { subject, verb, object } = partsOf(cube, pos);
        rows.push({
          pos_id: nameOf(pos),
          neg_id: nameOf(neg),
          sentence: deed(subject, verb, object),
          pos_triplet: tripletOf(cube, pos),
          neg_triplet: tripletOf(cube, neg),
          neg_type,
        });
      }
    }
  }
  return { texts: [{ file: 'svo/svo.json', text: JSON.stringify(rows, null, 4) }], pictures };
}

/** Four looks of four colours; shapes differ within subjects and within objects. Contents are new to the whole task. */
function drawCube(random: Random, index: number, taken: Set<string>): Cube {
  const pair = index % (BY_CONTACT.length * BY_PLACE.length);
  const first = BY_CONTACT[pair % BY_CONTACT.length]!;
  const verbs = random.shuffle([first, BY_PLACE[Math.floor(pair / BY_CONTACT.length)]!]) as [Verb, Verb];
  for (;;) {
    const colors = random.shuffle(COLORS);
    // Nothing stands on a sphere.
    const below = random.shuffle(first === 'carries' ? (['cube', 'cylinder'] as const) : SHAPES);
    const above = random.shuffle(SHAPES);
    const subjects = [0, 1].map((i): Look => ({ ...randomLook(random), color: colors[i]!, shape: below[i]! }));
    const objects = [0, 1].map((i): Look => ({ ...randomLook(random), color: colors[2 + i]!, shape: above[i]! }));
    const couples = subjects.flatMap((s) => objects.map((o): [Look, Look] => [s, o]));
    if (couples.some(([s, o]) => verbs.some((verb) => !canAct(s, o, verb)))) continue;
    const keys = couples.map(contentKey);
    if (keys.some((key) => taken.has(key))) continue;
    for (const key of keys) taken.add(key);
    return { subjects: subjects as [Look, Look], verbs, objects: objects as [Look, Look] };
  }
}

function partsOf(cube: Cube, [s, v, o]: Corner): { subject: Look; verb: Verb; object: Look } {
  return { subject: cube.subjects[s]!, verb: cube.verbs[v]!, object: cube.objects[o]! };
}

/** As the official file says it: subject, verb and object between commas. */
function tripletOf(cube: Cube, corner: Corner): string {
  const { subject, verb, object } = partsOf(cube, corner);
  return `${subject.color} ${subject.shape},${verb},${object.color} ${object.shape}`;
}

function other(corner: Corner, axis: number): Corner {
  return corner.map((bit, i) => (i === axis ? 1 - bit : bit)) as unknown as Corner;
}

function cornerIndex([s, v, o]: Corner): number {
  return 4 * s + 2 * v + o;
}
