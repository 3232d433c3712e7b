import { colorShape, materialColorShape, say, sentence, sizeColorShape } from './captions.ts';
import { PLACES } from './places.ts';
import type { Random } from './random.ts';
import { type Look, type Scene, type Solid, VERBS } from './scene.ts';
import { isTrue } from './truth.ts';

/** What may be said of a scene at one level of detail; not all of it needs to be true. */
type Level = (scene: Scene) => string[];

/** From the gist to the most detail, each in other words than the ones before. */
const LEVELS = { gist, relation, looks, twoClauses, fullest } satisfies Record<string, Level>;

export type Detail = keyof typeof LEVELS;

const SIDES = ['left of', 'right of', 'in front of', 'behind', 'far left of', 'far right of', 'far behind'] as const;
const PILES = ['on top of', 'underneath'] as const;

/**
 * Five true captions of a scene of two or more solids, from the gist to the most detail, none of which is in `taken`;
 * adds them to it.
 * @throws when a level has nothing new to say.
 */
export function retell(random: Random, scene: Scene, taken: Set<string>): string[] {
  return (Object.keys(LEVELS) as Detail[]).map((detail) => {
    const found = tell(random, scene, detail, (text) => !taken.has(text));
    taken.add(found);
    return found;
  });
}

/**
 * A true caption of a scene of two or more solids that is wanted, with a capital and a full stop.
 * @throws when there is none.
 */
export function tell(random: Random, scene: Scene, detail: Detail, wanted: (text: string) => boolean): string {
  for (const words of random.shuffle(LEVELS[detail](scene))) {
    const text = sentence(words);
    if (wanted(text) && isTrue(text, scene)) return text;
  }
  throw new Error(`nothing wanted can be said of a scene with detail "${detail}"`);
}

const short = (l: Look): string => say(colorShape(l));
const long = (l: Look): string => say({ ...sizeColorShape(l), ...materialColorShape(l) });

/** Two or three things by colour and shape. */
function gist({ solids }: Scene): string[] {
  return pairs(solids).flatMap(([a, b]) => {
    const both = `${short(a)} and ${short(b)}`;
    const lists = without(solids, a, b).map((c) => `${short(c)}, ${both}`);
    return [both, ...lists].flatMap((list) => [list, `we see ${list}`, `the picture shows ${list}`]);
  });
}

/** How two things stand to each other. */
function relation(scene: Scene): string[] {
  return trueRelations(scene, short).map(({ words }) => words);
}

/** Two things with all that can be said of them alone. */
function looks({ solids }: Scene): string[] {
  return pairs(solids).flatMap(([a, b]) => [
    `${long(a)} and ${long(b)}`,
    `there is ${long(a)}, and there is ${long(b)}`,
    `there is ${long(a)} while ${long(b)} is in the middle`,
  ]);
}

/** How two things stand to each other; then how another does, where in the picture one is, or what else is true of one. */
function twoClauses(scene: Scene): string[] {
  const known = trueRelations(scene, short);
  const places = truePlaces(scene);
  return known.flatMap(({ words, a, b }) => {
    const second = known.filter((then) => (then.a !== a && then.a !== b) || (then.b !== a && then.b !== b));
    const more = [a, b].map(({ size, material, shape }) => `there is ${say({ size, material, shape })}`);
    return [...second.map((then) => then.words), ...places, ...more].flatMap((then) => [
      `${words} while ${then}`,
      `${words}, and ${then}`,
    ]);
  });
}

/** How two things stand to each other, with all that can be said of them, and one thing more. */
function fullest(scene: Scene): string[] {
  const places = truePlaces(scene);
  return trueRelations(scene, long).flatMap(({ words, a, b }) => {
    const others = without(scene.solids, a, b).map((c) => `there is ${long(c)}`);
    const more = others.length > 0 ? others : places;
    // Of two things in a pile nothing is left to say.
    return more.length > 0 ? more.flatMap((then) => [`${words}, and ${then}`, `${words} while ${then}`]) : [words];
  });
}

/** What is true of two things' places, in several ways of saying it. */
function trueRelations(scene: Scene, name: (l: Look) => string): { words: string; a: Solid; b: Solid }[] {
  return pairs(scene.solids).flatMap(([a, b]) => {
    const [first, second] = [name(a), name(b)];
    const sides = SIDES.flatMap((side) => [`${first} ${side}`, `${first} stands ${side}`, `there is ${first} ${side}`]);
    const piles = PILES.flatMap((pile) => [`${first} ${pile}`, `${first} is ${pile}`]);
    const verbs = VERBS.map((verb) => `${first} ${verb}`);
    return [...sides, ...piles, ...verbs]
      .map((opening) => ({ words: `${opening} ${second}`, a, b }))
      .filter(({ words }) => isTrue(words, scene));
  });
}

function truePlaces(scene: Scene): string[] {
  return scene.solids
    .flatMap((s) => Object.keys(PLACES).map((place) => `${short(s)} is ${place}`))
    .filter((words) => isTrue(words, scene));
}

function pairs(solids: readonly Solid[]): [Solid, Solid][] {
  return solids.flatMap((a) => without(solids, a).map((b): [Solid, Solid] => [a, b]));
}

function without(solids: readonly Solid[], ...others: Solid[]): Solid[] {
  return solids.filter((s) => !others.includes(s));
}
