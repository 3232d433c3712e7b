import { colorShape, materialColorShape, say, sizeColorShape } from './captions.ts';
import { FINE_RELATIONS, PLACES } from './places.ts';
import type { Random } from './random.ts';
import type { Look, Scene, Solid } from './scene.ts';
import { isTrue } from './truth.ts';

/** An image of a set, and scenes that differ from it by less than should decide anything. */
export type Nearby = { scene: Scene; close: readonly Scene[] };

const RELATIONS = [
  ...Object.keys(FINE_RELATIONS).map((relation) => `is ${relation}`),
  ...['left of', 'right of', 'in front of', 'behind'],
];

/** Whether a clause surely holds for the image of an index, surely fails, or hangs on a hair. */
type Verdict = (clause: string, index: number) => 'holds' | 'fails' | 'unsure';

/**
 * `count` descriptions, by index of the image: each holds for its image and for no other of the set, and would still if any
 * of them were a little different. One clause where that is enough, else two. Null when fewer images can be told apart.
 */
export function singleOut(random: Random, images: readonly Nearby[], count: number): Map<number, string> | null {
  const verdict = remembered(images);
  const found = new Map<number, string>();
  const order = random.shuffle(images.map((_, i) => i));
  for (const [tried, index] of order.entries()) {
    if (found.size + order.length - tried < count) return null;
    const text = describe(random, images, index, verdict);
    if (text !== null) found.set(index, text);
    if (found.size === count) return new Map([...found].sort(([a], [b]) => a - b));
  }
  return null;
}

function describe(random: Random, images: readonly Nearby[], index: number, verdict: Verdict): string | null {
  const others = images.map((_, i) => i).filter((i) => i !== index);
  const clauses = random.shuffle(clausesFor(images[index]!.scene)).filter((text) => verdict(text, index) === 'holds');
  const single = clauses.find((text) => others.every((i) => verdict(text, i) === 'fails'));
  if (single !== undefined) return single;
  const left = clauses.map((text) => others.filter((i) => verdict(text, i) !== 'fails'));
  for (let i = 0; i < clauses.length; i++) {
    for (let j = 0; j < i; j++) {
      if (left[i]!.some((k) => left[j]!.includes(k))) continue;
      return `${clauses[j]}${random.pick([' while ', ', and '])}${clauses[i]}`;
    }
  }
  return null;
}

/** Judges each clause once. */
function remembered(images: readonly Nearby[]): Verdict {
  const known = images.map(() => new Map<string, ReturnType<Verdict>>());
  return (clause, index) => {
    const before = known[index]!.get(clause);
    if (before !== undefined) return before;
    const { scene, close } = images[index]!;
    const holds = isTrue(clause, scene);
    const sure = close.every((other) => isTrue(clause, other) === holds);
    const verdict = !sure ? 'unsure' : holds ? 'holds' : 'fails';
    known[index]!.set(clause, verdict);
    return verdict;
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
  return [...alone, ...pairs.flatMap(([a, b]) => RELATIONS.map((r) => `${short(a)} ${r} ${short(b)}`))];
}
