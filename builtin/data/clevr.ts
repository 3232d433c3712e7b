import type { ClevrSubtask } from '@gdbench/benchmark/tasks';
import { colorShape, say, sentence, sizeShape } from './captions.ts';
import { compose } from './compose.ts';
import { type Random, randomStream } from './random.ts';
import { COLORS, type Look, MATERIALS, type Scene, SHAPES } from './scene.ts';

export const CLEVR_SCENES = 100;

/** A scene of two solids that differ in colour, shape and size, and two [right, wrong] captions a subtask. */
export type ClevrItem = { file: string; scene: Scene; captions: Record<ClevrSubtask, [string, string][]> };

/** All CLEVR scenes of a seed, in the order of the files. */
export function planClevr(seed: number): ClevrItem[] {
  return Array.from({ length: CLEVR_SCENES }, (_, i) => {
    const random = randomStream(seed, `test/clevr/${i}`);
    const looks = contrastingLooks(random);
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
  /** The caption about (one, other) and the same with a property exchanged, for either order. */
  const both = (make: (one: Look, other: Look) => [string, string]): [string, string][] => [make(a, b), make(b, a)];
  const side = (l: Look): 'left' | 'right' => (l === scene.solids[0] ? 'left' : 'right');
  const sided = (where: 'left' | 'right', l: Look): string => sentence(`on the ${where} is ${say(colorShape(l))}`);
  return {
    pair_binding_size: both((x, y) => [
      sentence(`${say(sizeShape(x))} and ${say(sizeShape(y))}`),
      sentence(`${say({ size: y.size, shape: x.shape })} and ${say({ size: x.size, shape: y.shape })}`),
    ]),
    pair_binding_color: both((x, y) => [
      sentence(`${say(colorShape(x))} and ${say(colorShape(y))}`),
      sentence(`${say({ color: y.color, shape: x.shape })} and ${say({ color: x.color, shape: y.shape })}`),
    ]),
    binding_shape_color: both((x, y) => [
      sentence(say(colorShape(x))),
      sentence(say({ color: x.color, shape: y.shape })),
    ]),
    binding_color_shape: both((x, y) => [
      sentence(say(colorShape(x))),
      sentence(say({ color: y.color, shape: x.shape })),
    ]),
    recognition_color: both((x) => [sentence(say({ color: x.color })), sentence(say({ color: otherColor }))]),
    recognition_shape: both((x) => [sentence(say({ shape: x.shape })), sentence(say({ shape: otherShape }))]),
    spatial: both((x) => [sided(side(x), x), sided(side(x) === 'left' ? 'right' : 'left', x)]),
  };
}
