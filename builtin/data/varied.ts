import { compose, type Layout, randomLook } from './compose.ts';
import { type Random, randomStream } from './random.ts';
import { COLORS, contentKey, type Look, type Scene } from './scene.ts';

/** How often, of ten scenes, how many solids stand in which layout. */
const KINDS: readonly { layout: Layout; solids: number; of10: number }[] = [
  { layout: 'scattered', solids: 3, of10: 4 },
  { layout: 'scattered', solids: 4, of10: 2 },
  { layout: 'beside', solids: 2, of10: 1 },
  { layout: 'ahead', solids: 2, of10: 1 },
  { layout: 'stacked', solids: 2, of10: 2 },
];

/**
 * Scenes of two to four solids of different colours, kinds well mixed; no two hold the same things.
 * @param stream what the names of the streams of draws begin with.
 * @param count a multiple of ten.
 */
export function variedScenes(seed: number, stream: string, count: number): Scene[] {
  const kinds = KINDS.flatMap((kind) => Array.from({ length: (kind.of10 * count) / 10 }, () => kind));
  const contents = new Set<string>();
  return randomStream(seed, `${stream}/order`)
    .shuffle(kinds)
    .map(({ layout, solids }, i) => {
      const random = randomStream(seed, `${stream}/${i}`);
      let looks = looksFor(random, layout, solids);
      while (contents.has(contentKey(looks))) looks = looksFor(random, layout, solids);
      contents.add(contentKey(looks));
      return compose(random, looks, layout);
    });
}

/** Looks of different colours. In a pile the lower one is large and flat; of many solids few are large: there is room. */
function looksFor(random: Random, layout: Layout, solids: number): Look[] {
  const looks = random
    .shuffle(COLORS)
    .slice(0, solids)
    .map((color, i): Look => {
      const look = { ...randomLook(random), color };
      return i + solids > 4 ? { ...look, size: 'small' } : look;
    });
  if (layout !== 'stacked') return looks;
  const [above, below] = looks as [Look, Look];
  return [
    { ...above, size: 'small' },
    { ...below, size: 'large', shape: random.pick(['cube', 'cylinder'] as const) },
  ];
}
