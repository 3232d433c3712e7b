import { colorShape, materialColorShape, say, sizeColorShape } from './captions.ts';
import { FINE_RELATIONS, PLACES } from './places.ts';
import type { Random } from './random.ts';
import type { Look, Scene, Solid } from './scene.ts';
import { isTrue, judgeOf } from './truth.ts';

/** An image of a set, and scenes that differ from it by less than should decide anything. */
export type Nearby = { scene: Scene; close: readonly Scene[] };

const RELATIONS = [
  ...Object.keys(FINE_RELATIONS).map((relation) => `is ${relation}`),
  ...['left of', 'right of', 'in front of', 'behind'],
];

/** Whether a clause surely holds for the image of an index, or surely fails: neither where it hangs on a hair. */
type Sure = (clause: string, index: number, which: 'holds' | 'fails') => boolean;

/**
 * `count` descriptions, by index of the image: each holds for its image and for no other of the set, and would still if any
 * of them were a little different. One clause where that is enough, else two. Null when fewer images can be told apart.
 */
export function singleOut(random: Random, images: readonly Nearby[], count: number): Map<number, string> | null {
  const sure = remembered(images);
  const found = new Map<number, string>();
  const order = random.shuffle(images.map((_, i) => i));
  for (const [tried, index] of order.entries()) {
    if (found.size + order.length - tried < count) return null;
    const text = describe(random, images, index, sure);
    if (text !== null) found.set(index, text);
    if (found.size === count) return new Map([...found].sort(([a], [b]) => a - b));
  }
  return null;
}

function describe(random: Random, images: readonly Nearby[], index: number, sure: Sure): string | null {
  const others = images.map((_, i) => i).filter((i) => i !== index);
  const clauses = random.shuffle(clausesFor(images[index]!.scene)).filter((text) => sure(text, index, 'holds'));
  const single = clauses.find((text) => others.every((i) => sure(text, i, 'fails')));
  if (single !== undefined) return single;
  const left = clauses.map((text) => others.filter((i) => !sure(text, i, 'fails')));
  for (let i = 0; i < clauses.length; i++) {
    for (let j = 0; j < i; j++) {
      if (left[i]!.some((k) => left[j]!.includes(k))) continue;
      return `${clauses[j]}${random.pick([' while ', ', and '])}${clauses[i]}`;
    }
  }
  return null;
}

/** Judges each clause once, and of the close scenes only where the image itself is as asked. */
function remembered(images: readonly Nearby[]): Sure {
  const known = images.map(() => new Map<string, { holds: boolean; sure: boolean | null }>());
  return (clause, index, which) => {
    const { scene, close } = images[index]!;
    let verdict = known[index]!.get(clause);
    if (!verdict) {
      verdict = { holds: isTrue(clause, scene), sure: null };
      known[index]!.set(clause, verdict);
    }
    const { holds } = verdict;
    if (holds !== (which === 'holds')) return false;
    if (verdict.sure === null) {
      const judge = judgeOf(clause);
      verdict.sure = close.every((other) => judge(other) === holds);
    }
    return verdict.sure;
  };
}

/** What may be said of a scene in one clause: of one solid, or of how two stand to each other. */
function clausesFor({ solids }: Scene): string[] {
  const short = (l: Look): string => say(colorShape(l));
  const alone = solids.flatMap((s) => [
    short(s),
    say(sizeColorShape(s)),
    `there is ${say(materialColorShape(s))}`,
    ...Object.keys(PLACES).map((place) => `${short(s)} is ${place}`),
  ]);
  const pairs = solids.flatMap((a) => solids.filter((b) => b !== a).map((b): [Solid, Solid] => [a, b]));
  const stand = pairs.flatMap(([a, b]) => {
    const [first, second] = [short(a), short(b)];
    return RELATIONS.map((r) => `${first} ${r} ${second}`);
  });
  return [...alone, ...stand];
}
