import { trueCaptions } from './captions.ts';
import { contrastingLooks, planClevr } from './clevr.ts';
import { compose, type Layout, randomLook } from './compose.ts';
import { drawEmblem, type Emblem, FAMILIES } from './emblems.ts';
import { type Random, randomStream } from './random.ts';
import { contentKey, type Look, type Scene } from './scene.ts';
import { SET_SEED } from './version.ts';
import { planWinoground } from './winoground.ts';

/** One training example: what to draw, and captions that are all true of it. */
export type TrainItem =
  | { kind: 'scene'; scene: Scene; captions: string[] }
  | { kind: 'emblem'; emblem: Emblem; captions: string[] };

/** The contents of every scene of the published test set. */
export function testContents(): Set<string> {
  return new Set([
    ...planClevr(SET_SEED).map((i) => contentKey(i.scene.solids)),
    ...planWinoground(SET_SEED).flatMap((i) => i.scenes.map((s) => contentKey(s.solids))),
  ]);
}

/**
 * Training example `index` of a seed. Its stream is named "train/...", the test set's are named "test/...", so no draw is
 * common to both; and looks whose contents are in `barred` are drawn again, so that a test scene's set of solids is new
 * to a model in any arrangement.
 */
export function trainItem(seed: number, index: number, barred: ReadonlySet<string>): TrainItem {
  const random = randomStream(seed, `train/${index}`);
  if (random.chance(0.03)) return emblemItem(random);
  const kind = random.unit();
  for (;;) {
    const { looks, layout } = drawLooks(random, kind);
    if (barred.has(contentKey(looks))) continue;
    const scene = compose(random, looks, layout);
    return { kind: 'scene', scene, captions: random.shuffle(trueCaptions(scene, layout)) };
  }
}

function drawLooks(random: Random, kind: number): { looks: Look[]; layout: Layout } {
  if (kind < 0.42) return { looks: contrastingLooks(random), layout: 'beside' };
  if (kind < 0.62) return { looks: [randomLook(random), randomLook(random)], layout: 'beside' };
  if (kind < 0.76) return { looks: [randomLook(random), randomLook(random)], layout: 'ahead' };
  if (kind < 0.9) {
    const below = randomLook(random);
    const flat = below.shape === 'sphere' ? random.pick(['cube', 'cylinder'] as const) : below.shape;
    return {
      looks: [
        { ...randomLook(random), size: 'small' },
        { ...below, shape: flat },
      ],
      layout: 'stacked',
    };
  }
  if (kind < 0.95) return { looks: [randomLook(random)], layout: 'scattered' };
  const a: Look = { ...randomLook(random), size: 'small' };
  const b: Look = { ...randomLook(random), size: 'small' };
  const many = (look: Look): Look[] => Array.from({ length: 1 + random.below(3) }, () => look);
  return { looks: [...many(a), ...many(b)].slice(0, 5), layout: 'scattered' };
}

function emblemItem(random: Random): TrainItem {
  const family = random.pick(FAMILIES);
  const emblem = drawEmblem(random, family, random.below(48));
  const name = `${family.toLowerCase()} emblem`;
  const captions = [
    `a ${name}`,
    `a ${emblem.ink} ${name}`,
    `a ${emblem.relief === 'flat' ? 'flat' : 'raised'} ${name}`,
  ];
  return { kind: 'emblem', emblem, captions };
}
