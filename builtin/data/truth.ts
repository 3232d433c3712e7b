import { clausesOf } from './clauses.ts';
import { CLEAR_DEPTH, CLEAR_SIDE } from './compose.ts';
import { column, FINE_RELATIONS, PLACES } from './places.ts';
import { COLORS, type Look, MATERIALS, type Scene, SHAPES, SIZES, type Solid } from './scene.ts';

/** A noun phrase as read: `count` is null for "a" (at least one), else the exact number. */
type Read = { count: number | null; fits: (look: Look) => boolean };

const COUNTS: Record<string, number | null> = { a: null, one: 1, two: 2, three: 3 };
const NOUN = '((?:a|one|two|three) [a-z ]+?)';
const SIDE_FIRST = /^on the (left|right) is (.+)$/;
const BOTH_SIDES = new RegExp(`^${NOUN} on the (left|right) and ${NOUN} on the (left|right)$`);
const FINE = Object.keys(FINE_RELATIONS).join('|');
const RELATION = new RegExp(`^${NOUN} (left of|right of|in front of|behind|on top of|underneath|${FINE}) ${NOUN}$`);
const PLACE = new RegExp(`^${NOUN} (${Object.keys(PLACES).join('|')})$`);
const PAIR = new RegExp(`^${NOUN} and ${NOUN}$`);

/**
 * Whether a caption holds for a scene, read from its words alone (nothing of the code that wrote it is used). Relations
 * hold only when they are clear: a pair that is almost level is neither left nor right.
 * @throws for a caption that is not of this grammar.
 */
export function isTrue(caption: string, scene: Scene): boolean {
  return clausesOf(caption).every((words) => clauseHolds(words, scene));
}

function clauseHolds(words: string, scene: Scene): boolean {
  const { solids } = scene;
  const first = SIDE_FIRST.exec(words);
  if (first) {
    const read = readNoun(first[2]!);
    return solids.some((s) => read.fits(s) && outermost(scene, s, first[1] === 'left'));
  }
  const sides = BOTH_SIDES.exec(words);
  if (sides) {
    const [a, b] = [readNoun(sides[1]!), readNoun(sides[3]!)];
    if (sides[2] === sides[4]) return false;
    return pairs(solids).some(
      ([s, t]) =>
        a.fits(s) && b.fits(t) && outermost(scene, s, sides[2] === 'left') && outermost(scene, t, sides[4] === 'left'),
    );
  }
  const relation = RELATION.exec(words);
  if (relation) {
    const [a, b] = [readNoun(relation[1]!), readNoun(relation[3]!)];
    return pairs(solids).some(([s, t]) => a.fits(s) && b.fits(t) && holds(scene, relation[2]!, s, t));
  }
  const place = PLACE.exec(words);
  if (place) {
    const read = readNoun(place[1]!);
    return solids.some((s) => read.fits(s) && PLACES[place[2]!]!(scene, s));
  }
  const pair = PAIR.exec(words);
  if (pair) {
    const [a, b] = [readNoun(pair[1]!), readNoun(pair[2]!)];
    if (a.count !== null || b.count !== null) return countHolds(a, solids) && countHolds(b, solids);
    return pairs(solids).some(([s, t]) => a.fits(s) && b.fits(t));
  }
  return countHolds(readNoun(words), solids);
}

function readNoun(words: string): Read {
  const parts = words.split(' ');
  const count = COUNTS[parts[0]!];
  const noun = parts.at(-1)!;
  const shape = noun.replace(/s$/, '');
  const adjectives = parts.slice(1, -1);
  const known = (list: readonly string[], word: string): boolean => list.includes(word);
  const bad = adjectives.find((w) => !known(COLORS, w) && !known(SIZES, w) && !known(MATERIALS, w));
  if (count === undefined || bad !== undefined || (shape !== 'object' && !known(SHAPES, shape))) {
    throw new Error(`cannot read "${words}": not a phrase of the built-in grammar`);
  }
  return {
    count,
    fits: (l) =>
      (shape === 'object' || l.shape === shape) &&
      adjectives.every((w) => w === l.color || w === l.size || w === l.material),
  };
}

function countHolds(read: Read, solids: readonly Solid[]): boolean {
  const n = solids.filter(read.fits).length;
  return read.count === null ? n > 0 : n === read.count;
}

function pairs(solids: readonly Solid[]): [Solid, Solid][] {
  return solids.flatMap((s) => solids.filter((t) => t !== s).map((t): [Solid, Solid] => [s, t]));
}

function outermost(scene: Scene, solid: Solid, left: boolean): boolean {
  const others = scene.solids.filter((s) => s !== solid);
  return others.length > 0 && others.every((o) => holds(scene, left ? 'left of' : 'right of', solid, o));
}

function holds(scene: Scene, relation: string, s: Solid, t: Solid): boolean {
  const restsOn = (above: Solid, below: Solid): boolean =>
    above.restsOn !== null && scene.solids[above.restsOn] === below;
  const fine = FINE_RELATIONS[relation];
  if (fine) return fine(scene, s, t);
  switch (relation) {
    case 'left of':
      return column(scene, t) - column(scene, s) > CLEAR_SIDE;
    case 'right of':
      return column(scene, s) - column(scene, t) > CLEAR_SIDE;
    case 'in front of':
      return t.y - s.y > CLEAR_DEPTH;
    case 'behind':
      return s.y - t.y > CLEAR_DEPTH;
    case 'on top of':
      return restsOn(s, t);
    case 'underneath':
      return restsOn(t, s);
    default:
      throw new Error(`unknown relation "${relation}"`);
  }
}
