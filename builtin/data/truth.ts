import { clausesOf } from './clauses.ts';
import { CLEAR_DEPTH, CLEAR_SIDE } from './compose.ts';
import { column, FINE_RELATIONS, PLACES } from './places.ts';
import { COLORS, type Look, MATERIALS, type Scene, SHAPES, SIZES, type Solid, type Verb } from './scene.ts';

type Meaning = (scene: Scene, s: Solid, t: Solid) => boolean;

const leftOf: Meaning = (scene, s, t) => column(scene, t) - column(scene, s) > CLEAR_SIDE;
const rightOf: Meaning = (scene, s, t) => leftOf(scene, t, s);
const inFrontOf: Meaning = (_, s, t) => t.y - s.y > CLEAR_DEPTH;
const behind: Meaning = (scene, s, t) => inFrontOf(scene, t, s);
const onTopOf: Meaning = (scene, s, t) => s.restsOn !== null && scene.solids[s.restsOn] === t;
const underneath: Meaning = (scene, s, t) => onTopOf(scene, t, s);
const acts =
  (verb: Verb): Meaning =>
  ({ action, solids }, s, t) =>
    action?.verb === verb && solids[action.subject] === s && solids[action.object] === t;
/** Of a verb that says the same of both. */
const mutual =
  (verb: Verb): Meaning =>
  (scene, s, t) =>
    acts(verb)(scene, s, t) || acts(verb)(scene, t, s);

// What stands on a solid is carried by it and touches it, whether the scene was placed as a pile or as an action.
const VERB_MEANINGS: Record<Verb, Meaning> = {
  carries: underneath,
  lifts: acts('lifts'),
  touches: (scene, s, t) => mutual('touches')(scene, s, t) || onTopOf(scene, s, t) || underneath(scene, s, t),
  'hovers over': acts('hovers over'),
  'hides behind': acts('hides behind'),
  'is tied to': mutual('is tied to'),
};

const MEANINGS: Record<string, Meaning> = {
  'left of': leftOf,
  'right of': rightOf,
  'in front of': inFrontOf,
  behind,
  'on top of': onTopOf,
  underneath,
  'is to the left of': leftOf,
  'is to the right of': rightOf,
  ...FINE_RELATIONS,
  ...VERB_MEANINGS,
};

const ADJECTIVES: ReadonlySet<string> = new Set([...COLORS, ...SIZES, ...MATERIALS]);
const NOUNS: ReadonlySet<string> = new Set([...SHAPES, 'object']);
const COUNTS: Record<string, number> = { one: 1, two: 2, three: 3 };
const NOUN = '((?:a|the|one|two|three) [a-z ]+?)';
const SIDE_FIRST = new RegExp(`^on the (left|right) is ${NOUN}$`);
const BOTH_SIDES = new RegExp(`^${NOUN} on the (left|right) and ${NOUN} on the (left|right)$`);
const PLACE = new RegExp(`^${NOUN} (${Object.keys(PLACES).join('|')})$`);
// The first phrase is the shortest that fits, so "hides behind" is never read as "behind".
const RELATION = new RegExp(`^${NOUN} (${Object.keys(MEANINGS).join('|')}) ${NOUN}$`);

type Judge = (scene: Scene) => boolean;

/** Captions that were read lately: planners ask for the same ones over and over. */
const read = new Map<string, Judge>();
const MOST_READ = 20_000;

/**
 * Whether a caption holds for a scene, read from its words alone (nothing of the code that wrote it is used). Relations
 * hold only when they are clear: a pair that is almost level is neither left nor right. "the" speaks of the only solid
 * that fits, "two" of all that fit, which must be two. Phrases of one clause speak of different solids; clauses are
 * judged one by one. "a left of b and c" is left of both.
 * @throws for a caption that is not of this grammar.
 */
export function isTrue(caption: string, scene: Scene): boolean {
  return judgeOf(caption)(scene);
}

/**
 * `isTrue` of a caption that many scenes are asked about, which is read once.
 * @throws for a caption that is not of this grammar.
 */
export function judgeOf(caption: string): Judge {
  let judge = read.get(caption);
  if (!judge) {
    judge = allOf(clausesOf(caption).map(readClause));
    if (read.size >= MOST_READ) read.clear();
    read.set(caption, judge);
  }
  return judge;
}

function allOf(judges: readonly Judge[]): Judge {
  return judges.length === 1 ? judges[0]! : (scene) => judges.every((holds) => holds(scene));
}

function readClause(words: string): Judge {
  const first = SIDE_FIRST.exec(words);
  if (first) return finder([first[2]!], (scene, [group]) => outermost(scene, group!, first[1]!));
  const sides = BOTH_SIDES.exec(words);
  if (sides) {
    return finder(
      [sides[1]!, sides[3]!],
      (scene, [a, b]) => outermost(scene, a!, sides[2]!) && outermost(scene, b!, sides[4]!),
    );
  }
  const place = PLACE.exec(words);
  if (place) {
    const stands = PLACES[place[2]!]!;
    return finder([place[1]!], (scene, [group]) => group!.every((s) => stands(scene, s)));
  }
  const relation = RELATION.exec(words);
  if (!relation) return finder(words.split(' and '), () => true);
  const subjects = relation[1]!.split(' and ');
  const meaning = MEANINGS[relation[2]!]!;
  return finder([...subjects, ...relation[3]!.split(' and ')], (scene, groups) => {
    const objects = groups.slice(subjects.length).flat();
    const actors = groups.slice(0, subjects.length).flat();
    return actors.every((s) => objects.every((t) => meaning(scene, s, t)));
  });
}

type Fit = (scene: Scene, groups: readonly Solid[][]) => boolean;

/** Whether solids can be found for all phrases, none for two of them, such that `fit` holds of what was found. */
function finder(phrases: readonly string[], fit: Fit): Judge {
  const nouns = phrases.map(readNoun);
  return (scene) => {
    const choices: Solid[][][] = [];
    for (const noun of nouns) {
      const groups = groupsOf(noun, scene.solids);
      if (groups.length === 0) return false;
      choices.push(groups);
    }
    return search(scene, choices, [], fit);
  };
}

function search(scene: Scene, choices: readonly Solid[][][], chosen: Solid[][], fit: Fit): boolean {
  const next = choices[chosen.length];
  if (!next) return fit(scene, chosen);
  for (const group of next) {
    if (chosen.some((other) => other.some((s) => group.includes(s)))) continue;
    chosen.push(group);
    if (search(scene, choices, chosen, fit)) return true;
    chosen.pop();
  }
  return false;
}

/** `count` is null for "a", of which any solid that fits will do. */
type Noun = { count: number | null; shape: string; adjectives: string[] };

function readNoun(words: string): Noun {
  const parts = words.split(' ');
  const determiner = parts[0]!;
  const shape = parts.at(-1)!.replace(/s$/, '');
  const adjectives = parts.slice(1, -1);
  const known = adjectives.every((w) => ADJECTIVES.has(w));
  const count = determiner === 'a' ? null : determiner === 'the' ? 1 : COUNTS[determiner];
  if (count === undefined || !known || !NOUNS.has(shape)) {
    throw new Error(`cannot read "${words}": not a phrase of the built-in grammar`);
  }
  return { count, shape, adjectives };
}

function isA(l: Look, { shape, adjectives }: Noun): boolean {
  if (shape !== 'object' && l.shape !== shape) return false;
  for (const w of adjectives) if (w !== l.color && w !== l.size && w !== l.material) return false;
  return true;
}

/** The groups of solids that a phrase can speak of: singles for "a", one group or none for the other determiners. */
function groupsOf(noun: Noun, solids: readonly Solid[]): Solid[][] {
  const fitting = solids.filter((s) => isA(s, noun));
  if (noun.count === null) return fitting.map((s) => [s]);
  return fitting.length === noun.count ? [fitting] : [];
}

function outermost(scene: Scene, group: readonly Solid[], side: string): boolean {
  const others = scene.solids.filter((s) => !group.includes(s));
  const meaning = side === 'left' ? leftOf : rightOf;
  return others.length > 0 && others.every((o) => group.every((s) => meaning(scene, s, o)));
}
