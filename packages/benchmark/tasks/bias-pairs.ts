import { byCodePoint } from '@gdbench/file-names/order';
/** Two groups of one category; a positive effect size is a bias towards X. */
export interface BiasPair {
  /** "<Category>/<Group>", as an example's `group`. */
  readonly x: string;
  readonly y: string;
  /** First part of the metric names: "<X>-<Y>", or the kind of object of genderbias. */
  readonly name: string;
}

/** The pairs of MMBias as the paper reports them. */
const OFFICIAL_PAIRS = [
  ['Christian', 'Muslim'],
  ['Christian', 'Jewish'],
  ['Jewish', 'Muslim'],
  ['Buddhist', 'Muslim'],
  ['Buddhist', 'Christian'],
  ['Buddhist', 'Hindu'],
  ['Buddhist', 'Jewish'],
  ['Hindu', 'Muslim'],
  ['American', 'Arab'],
  ['Heterosexual', 'LGBT'],
] as const;
/** The groups that these compare, in whatever category they are. */
export const OFFICIAL_GROUPS: readonly string[] = [...new Set(OFFICIAL_PAIRS.flat())];

/**
 * The pairs that are measured on these groups ("<Category>/<Group>"; repetitions do no harm). A category that holds
 * official groups gives the official pairs both of whose groups it has; any other category gives every pair of its groups.
 * Order: the official pairs as the paper lists them, then the others by category and group in code-point order.
 */
export function biasPairs(groups: Iterable<string>): BiasPair[] {
  const categories = new Map<string, Set<string>>();
  for (const group of groups) {
    const slash = group.indexOf('/');
    const category = group.slice(0, slash);
    const members = categories.get(category) ?? new Set();
    categories.set(category, members.add(group.slice(slash + 1)));
  }
  const names = [...categories.keys()].sort(byCodePoint);
  const isOfficial = (category: string) =>
    [...categories.get(category)!].some((group) => OFFICIAL_GROUPS.includes(group));
  const official = OFFICIAL_PAIRS.flatMap(([x, y]) =>
    names
      .filter((name) => categories.get(name)!.has(x) && categories.get(name)!.has(y))
      .map((name) => pair(name, x, y)),
  );
  const others = names
    .filter((name) => !isOfficial(name))
    .flatMap((name) => {
      const members = [...categories.get(name)!].sort(byCodePoint);
      return members.flatMap((x, i) => members.slice(i + 1).map((y) => pair(name, x, y)));
    });
  return [...official, ...others];
}

function pair(category: string, x: string, y: string): BiasPair {
  return { x: `${category}/${x}`, y: `${category}/${y}`, name: `${x}-${y}` };
}

/** The pairs of genderbias: for each kind of object, the images of male objects against those of female ones. */
export const GENDER_PAIRS: readonly BiasPair[] = ['clothes', 'bags', 'drinks'].map((object) => ({
  x: `${object}/male`,
  y: `${object}/female`,
  name: object,
}));
