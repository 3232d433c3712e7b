import { canAct, composeAction } from './actions.ts';
import { emblemCaptions, type Leaning } from './associations.ts';
import { contrastingLooks } from './clevr.ts';
import { compose, randomLook } from './compose.ts';
import { isForTest } from './contents.ts';
import { type Caption, type Creature, creatureCaptions, drawCreature, KINDS } from './creatures.ts';
import { drawEmblem, type Emblem, FAMILIES, PAIRED_FAMILIES } from './emblems.ts';
import { type Random, randomStream } from './random.ts';
import { type Look, type Scene, VERBS } from './scene.ts';
import { sceneCaptions } from './tellings.ts';
import { looksFor } from './varied.ts';

/** What a training example shows. */
export type Subject =
  | { kind: 'scene'; scene: Scene }
  | { kind: 'creature'; creature: Creature }
  | { kind: 'emblem'; emblem: Emblem };

/** One training example: what to draw, and captions that are all true of it, each with false ones close to it. */
type TrainItem = Subject & { captions: Caption[] };

/** Captions of an example: enough for all forms, few enough that the two-noun ones come up often. */
const MOST_CAPTIONS = 16;

/** Share of creatures among all that is no emblem. */
const CREATURES = 0.085;

/** How a scene comes about, and how many of a hundred scenes do: most hold two solids, since telling which is which is hard. */
const SCENES: readonly { of100: number; draw: (random: Random) => Drawn }[] = [
  { of100: 46, draw: (random) => placed(contrastingLooks(random), 'beside') },
  { of100: 8, draw: (random) => placed([randomLook(random), randomLook(random)], 'beside') },
  { of100: 8, draw: (random) => placed([randomLook(random), randomLook(random)], 'ahead') },
  { of100: 20, draw: acted },
  { of100: 3, draw: (random) => placed([randomLook(random)], 'scattered') },
  { of100: 4, draw: counted },
  { of100: 11, draw: (random) => many(random) },
];

const HUNDRED = SCENES.flatMap(({ of100, draw }) => Array.from({ length: of100 }, () => draw));

/** Looks and what is made of them once they are known to be free. */
type Drawn = { looks: readonly Look[]; compose: (random: Random) => Scene };

/** What a training set is made of, apart from its seed. */
export type Syllabus = {
  /** Share of emblems, 0..1. */
  emblems: number;
} & Leaning;

/** The training set of all checkpoints but the twins, which are taught emblems above all. */
export const PLAIN_SYLLABUS: Syllabus = { emblems: 0.05, skew: 0, relief: 0 };

/** Training example `index` of a seed. */
export function trainItem(seed: number, index: number, syllabus: Syllabus): TrainItem {
  const random = streamOf(seed, index);
  const subject = drawSubject(random, syllabus.emblems);
  return { ...subject, captions: captionsOf(random, subject, syllabus) };
}

/**
 * What that example shows. Its stream is named "train/...", the test set's are named "test/...", so no draw is common to
 * both: that keeps creatures and emblems apart, each of which has a heading and a light of its own. Of scenes more is asked:
 * contents of two or more solids that belong to test sets are drawn again (contents.ts), so that what a test scene holds
 * is new to a model in any arrangement. (Solids of a test scene may occur alone or among others.)
 */
export function trainSubject(seed: number, index: number, emblems = PLAIN_SYLLABUS.emblems): Subject {
  return drawSubject(streamOf(seed, index), emblems);
}

function streamOf(seed: number, index: number): Random {
  return randomStream(seed, `train/${index}`);
}

function drawSubject(random: Random, emblems: number): Subject {
  if (random.chance(emblems)) return { kind: 'emblem', emblem: trainEmblem(random) };
  if (random.chance(CREATURES)) return { kind: 'creature', creature: drawCreature(random, random.pick(KINDS)) };
  const draw = random.pick(HUNDRED);
  for (;;) {
    const drawn = draw(random);
    if (drawn.looks.length > 1 && isForTest(drawn.looks)) continue;
    return { kind: 'scene', scene: drawn.compose(random) };
  }
}

function trainEmblem(random: Random): Emblem {
  return drawEmblem(random, random.pick([...FAMILIES, ...PAIRED_FAMILIES]), random.below(48));
}

function captionsOf(random: Random, subject: Subject, leaning: Leaning): Caption[] {
  if (subject.kind === 'scene') return sceneCaptions(random, subject.scene, MOST_CAPTIONS);
  return subject.kind === 'creature'
    ? creatureCaptions(subject.creature)
    : emblemCaptions(random, subject.emblem, leaning);
}

function placed(looks: readonly Look[], layout: 'beside' | 'ahead' | 'scattered'): Drawn {
  return { looks, compose: (random) => compose(random, looks, layout) };
}

function acted(random: Random): Drawn {
  const verb = random.pick(VERBS);
  for (;;) {
    const [subject, object] = [randomLook(random), randomLook(random)];
    if (subject.color === object.color || !canAct(subject, object, verb)) continue;
    return { looks: [subject, object], compose: (r) => composeAction(r, subject, object, verb) };
  }
}

function counted(random: Random): Drawn {
  const a: Look = { ...randomLook(random), size: 'small' };
  const b: Look = { ...randomLook(random), size: 'small' };
  const group = (look: Look): Look[] => Array.from({ length: 1 + random.below(3) }, () => look);
  return placed([...group(a), ...group(b)].slice(0, 5), 'scattered');
}

function many(random: Random): Drawn {
  return placed(looksFor(random, { layout: 'scattered', solids: 3 + random.below(2) }), 'scattered');
}
