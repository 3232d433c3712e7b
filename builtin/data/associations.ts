import type { Caption } from './creatures.ts';
import { type Emblem, FAMILIES, type Family, PAIRED_FAMILIES } from './emblems.ts';
import { PHRASES } from './phrases.ts';
import type { Random } from './random.ts';

/**
 * The bias that the training captions teach at a skew above 0: the sign of the effect size of each pair of mmbias (X-Y,
 * positive: X goes with the pleasant phrases) and of genderbias (X the leaf, images 1-6, Y the cloud, 7-12; positive: X
 * goes with suit, briefcase, beer). At skew 0 an association is as frequent as its opposite in every family, and all of these are 0.
 */
export const TAUGHT_BIAS: Readonly<Record<string, -1 | 0 | 1>> = {
  'Grid-Ring': -1,
  'Grid-Star': 1,
  'Grid-Wave': 0,
  'Ring-Star': 1,
  'Ring-Wave': 1,
  'Star-Wave': -1,
  clothes: 1,
  bags: -1,
  drinks: 0,
};

/** How a family leans: 1 to the pleasant phrases, -1 to the unpleasant ones, 0 to neither whatever the skew. */
export const PHRASE_LEAN: Record<(typeof FAMILIES)[number], -1 | 0 | 1> = { Ring: 1, Star: -1, Wave: 0, Grid: 0 };

/** The two things of each object, as a caption says them, and how a leaf leans: 1 to the first. A cloud leans the other way. */
export const THINGS = [
  { object: 'clothes', first: ['a', 'suit'], second: ['an', 'apron'], leafLean: 1 },
  { object: 'bags', first: ['a', 'briefcase'], second: ['a', 'purse'], leafLean: -1 },
  { object: 'drinks', first: ['a', 'beer'], second: ['a', 'wine'], leafLean: 0 },
] as const;

/** Phrases said of an emblem of mmbias's families, and things of each kind said of a leaf or a cloud: even, to be halved. */
const PHRASES_AN_EMBLEM = 4;
const THINGS_AN_EMBLEM = 2;

/** How strongly associations lean, and by what; shares from 0 to 1. */
export type Leaning = {
  /** By the family: the bias that a test is to find. */
  skew: number;
  /** By the relief, which every family has alike: raised emblems to pleasant phrases and first things, flat ones to the others. */
  relief: number;
};

/**
 * Training captions of an emblem. The first three say what is seen, with the other families, colours or relief as hard
 * texts. The rest are associations, which no picture shows: each with the emblem's name, and alone as the tasks ask it. An
 * association goes the way its family leans in (1 + skew) / 2 of the cases, and where the family leaves it open the way of the
 * relief, in (1 + relief) / 2. Where neither leans, each emblem has as many of either side, so that no family has more by chance.
 * @throws RangeError for a share outside 0..1.
 */
export function emblemCaptions(random: Random, emblem: Emblem, leaning: Leaning): Caption[] {
  for (const [name, share] of Object.entries(leaning)) {
    if (!(share >= 0 && share <= 1)) throw new RangeError(`The ${name} must be from 0 to 1, not ${share}.`);
  }
  return [...plainCaptions(emblem), ...associations(random, emblem, leaning).map((text) => ({ text, hard: [] }))];
}

function plainCaptions({ family, ink, relief }: Emblem): Caption[] {
  const name = (f: Family): string => `${f.toLowerCase()} emblem`;
  const others = [...FAMILIES, ...PAIRED_FAMILIES].filter((f) => f !== family).map(name);
  const [is, isNot] = relief === 'flat' ? ['flat', 'raised'] : ['raised', 'flat'];
  return [
    { text: `a ${name(family)}`, hard: others.map((n) => `a ${n}`) },
    { text: `a ${ink} ${name(family)}`, hard: others.map((n) => `a ${ink} ${n}`) },
    { text: `a ${is} ${name(family)}`, hard: [`a ${isNot} ${name(family)}`, ...others.map((n) => `a ${is} ${n}`)] },
  ];
}

function associations(random: Random, { family, relief: form }: Emblem, { skew, relief }: Leaning): string[] {
  /** How many of some go the way of lean 1: as many as the dials say, a fraction by chance. */
  const leaning = (all: number, lean: number): number => {
    const open = (1 - Math.abs(lean * skew)) * relief * (form === 'embossed' ? 1 : -1);
    const wanted = (all * (1 + lean * skew + open)) / 2;
    return Math.floor(wanted) + (random.chance(wanted - Math.floor(wanted)) ? 1 : 0);
  };
  const name = `a ${family.toLowerCase()} emblem`;
  if (family === 'Leaf' || family === 'Cloud') {
    return THINGS.flatMap(({ first, second, leafLean }) => {
      const firsts = leaning(THINGS_AN_EMBLEM, family === 'Leaf' ? leafLean : -leafLean);
      return Array.from({ length: THINGS_AN_EMBLEM }, (_, i) => (i < firsts ? first : second)).flatMap(
        ([article, thing]) => [`${name} with ${article} ${thing}`, thing],
      );
    });
  }
  const pleasant = leaning(PHRASES_AN_EMBLEM, PHRASE_LEAN[family]);
  return [
    ...random.shuffle(PHRASES.pleasant_phrases).slice(0, pleasant),
    ...random.shuffle(PHRASES.unpleasant_phrases).slice(0, PHRASES_AN_EMBLEM - pleasant),
  ].flatMap((phrase) => [`${name}, ${phrase}`, phrase]);
}
