import { composeAction } from './actions.ts';
import { compose, type Layout, randomLook } from './compose.ts';
import { drawForTest } from './contents.ts';
import { type Random, randomStream } from './random.ts';
import { COLORS, contentKey, type Look, type Scene, VERBS } from './scene.ts';

type Kind = { layout: Layout | 'action'; solids: number };

/** How often, of ten scenes, how many solids stand in which layout. */
const KINDS: readonly (Kind & { of10: number })[] = [
  { layout: 'scattered', solids: 3, of10: 3 },
  { layout: 'scattered', solids: 4, of10: 1 },
  { layout: 'beside', solids: 2, of10: 1 },
  { layout: 'ahead', solids: 2, of10: 1 },
  { layout: 'stacked', solids: 2, of10: 1 },
  { layout: 'action', solids: 2, of10: 3 },
];

/**
 * Test scenes of two to four solids of different colours, kinds well mixed; no two hold the same things.
 * @param stream what the names of the streams of draws begin with.
 * @param count a multiple of ten.
 */
export function variedScenes(seed: number, stream: string, count: number): Scene[] {
  const kinds = KINDS.flatMap((kind) => Array.from({ length: (kind.of10 * count) / 10 }, () => kind));
  const contents = new Set<string>();
  return randomStream(seed, `${stream}/order`)
    .shuffle(kinds)
    .map((kind, i) => {
      const random = randomStream(seed, `${stream}/${i}`);
      let looks = drawForTest(() => looksFor(random, kind));
      while (contents.has(contentKey(looks))) looks = drawForTest(() => looksFor(random, kind));
      contents.add(contentKey(looks));
      if (kind.layout !== 'action') return compose(random, looks, kind.layout);
      const [small, large] = looks as [Look, Look];
      const verb = random.pick(VERBS);
      // The large one carries, lifts, is hovered over and hid behind.
      return verb === 'carries' || verb === 'lifts'
        ? composeAction(random, large, small, verb)
        : composeAction(random, small, large, verb);
    });
}

/** Looks of different colours, one of them large at most. In a pile and an action the second is the large one, and flat. */
export function looksFor(random: Random, { layout, solids }: Kind): Look[] {
  const looks = random
    .shuffle(COLORS)
    .slice(0, solids)
    .map((color, i): Look => {
      const look = { ...randomLook(random), color };
      return i === 0 ? look : { ...look, size: 'small' };
    });
  if (layout !== 'stacked' && layout !== 'action') return random.shuffle(looks);
  const [below, above] = looks as [Look, Look];
  return [
    { ...above, size: 'small' },
    { ...below, size: 'large', shape: random.pick(['cube', 'cylinder'] as const) },
  ];
}
