import type { ClevrSubtask } from '@gdbench/benchmark/tasks';
import { colorShape, type Phrase, say, sentence, sizeShape } from './captions.ts';
import { compose } from './compose.ts';
import { drawForTest } from './contents.ts';
import { type Random, randomStream } from './random.ts';
import { COLORS, type Look, MATERIALS, type Scene, SHAPES } from './scene.ts';

const CLEVR_SCENES = 400;

/**
 * A scene of two solids that differ in colour, shape and size, and one [right, wrong] pair of captions a subtask, so that
 * the examples of a subtask are independent.
 */
type ClevrItem = { file: string; scene: Scene; captions: Record<ClevrSubtask, [[string, string]]> };

/** All CLEVR scenes of a seed, in the order of the files. */
export function planClevr(seed: number): ClevrItem[] {
  return Array.from({ length: CLEVR_SCENES }, (_, i) => {
    const random = randomStream(seed, `test/clevr/${i}`);
    const looks = drawForTest(() => contrastingLooks(random));
    const scene = compose(random, looks, 'beside');
    // Which solid is spoken of first has nothing to do with its side.
    const [a, b] = random.shuffle([0, 1]) as [number, number];
    const captions = clevrCaptions(random, scene, a, b);
    return { file: `builtin_${String(i).padStart(6, '0')}.png`, scene, captions };
  });
}

/** Two looks without a common colour, shape or size. */
export function contrastingLooks(random: Random): [Look, Look] {
  const [c1, c2] = random.shuffle(COLORS);
  const [s1, s2] = random.shuffle(SHAPES);
  const large = random.chance(0.5);
  return [
    { color: c1!, shape: s1!, size: large ? 'large' : 'small', material: random.pick(MATERIALS) },
    { color: c2!, shape: s2!, size: large ? 'small' : 'large', material: random.pick(MATERIALS) },
  ];
}

function clevrCaptions(random: Random, scene: Scene, first: number, second: number): ClevrItem['captions'] {
  const a = scene.solids[first]!;
  const b = scene.solids[second]!;
  const otherColor = random.pick(COLORS.filter((c) => c !== a.color && c !== b.color));
  const otherShape = SHAPES.find((s) => s !== a.shape && s !== b.shape)!;
  const side = a === scene.solids[0] ? 'left' : 'right';
  const sided = (where: 'left' | 'right'): string => sentence(`on the ${where} is ${say(colorShape(a))}`);
  const both = (one: Phrase, other: Phrase): string => sentence(`${say(one)} and ${say(other)}`);
  return {
    pair_binding_size: [
      [both(sizeShape(a), sizeShape(b)), both({ size: b.size, shape: a.shape }, { size: a.size, shape: b.shape })],
    ],
    pair_binding_color: [
      [
        both(colorShape(a), colorShape(b)),
        both({ color: b.color, shape: a.shape }, { color: a.color, shape: b.shape }),
      ],
    ],
    binding_shape_color: [[sentence(say(colorShape(a))), sentence(say({ color: a.color, shape: b.shape }))]],
    binding_color_shape: [[sentence(say(colorShape(a))), sentence(say({ color: b.color, shape: a.shape }))]],
    recognition_color: [[sentence(say({ color: a.color })), sentence(say({ color: otherColor }))]],
    recognition_shape: [[sentence(say({ shape: a.shape })), sentence(say({ shape: otherShape }))]],
    spatial: [[sided(side), sided(side === 'left' ? 'right' : 'left')]],
  };
}
