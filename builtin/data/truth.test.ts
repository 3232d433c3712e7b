import { CLEVR_SUBTASKS } from '@gdbench/benchmark/tasks';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { each } from '../../test/support/each.ts';
import { comesUp } from './brute-force.ts';
import { trueCaptions } from './captions.ts';
import { planClevr } from './clevr.ts';
import { compose } from './compose.ts';
import { randomStream } from './random.ts';
import { COLORS, type Look, MATERIALS, type Scene, SHAPES, SIZES, type Solid, VERBS } from './scene.ts';
import { isTrue } from './truth.ts';
import { planWinoground } from './winoground.ts';

const place = (look: Look, x: number, y: number): Solid => ({ ...look, x, y, base: 0, cos: 1, sin: 0, restsOn: null });
const look = (color: Look['color'], shape: Look['shape'], size: Look['size'], material: Look['material']): Look => ({
  color,
  shape,
  size,
  material,
});
const sceneOf = (solids: Solid[], action: Scene['action'] = null): Scene => ({
  solids,
  action,
  props: [],
  backdrop: 'mist',
  aim: 0.8,
  lightX: -0.6,
  lightY: -0.6,
});

describe('isTrue', () => {
  const red = place(look('red', 'cube', 'large', 'shiny'), -1, -1);
  const blue = place(look('blue', 'sphere', 'small', 'matte'), 1, 1);
  const scene = sceneOf([red, blue]);

  it.each([
    ['A red object.', true],
    ['A green object.', false],
    ['A blue cube.', false],
    ['A large cube and a small sphere.', true],
    ['A small cube and a large sphere.', false],
    ['a blue sphere and a red cube', true],
    ['a red cube and a red cube', false],
    ['a shiny red cube and a matte blue sphere', true],
    ['a matte red cube and a shiny blue sphere', false],
    ['On the left is a red cube.', true],
    ['On the right is a red cube.', false],
    ['a red cube on the left and a blue sphere on the right', true],
    ['a red cube on the right and a blue sphere on the left', false],
    ['a red cube left of a blue sphere', true],
    ['a blue sphere left of a red cube', false],
    ['a blue sphere right of a red cube', true],
    ['a red cube in front of a blue sphere', true],
    ['a blue sphere in front of a red cube', false],
    ['a blue sphere behind a red cube', true],
    ['a red cube on top of a blue sphere', false],
    ['one red cube and one blue sphere', true],
    ['two red cubes and one blue sphere', false],
    ['the red cube is to the left of the blue sphere', true],
    ['the blue sphere is to the left of the red cube', false],
    ['the red cube is to the right of the blue sphere', false],
    ['the blue sphere is behind the red cube', true],
    ['the shiny cube and the small sphere', true],
    ['the small cube and the shiny sphere', false],
    ['a red cube left of a blue sphere, and a blue sphere behind a red cube', true],
    ['a red cube left of a blue sphere, and a blue sphere left of a red cube', false],
  ])('reads "%s"', (caption, expected) => {
    expect(isTrue(caption, scene)).toBe(expected);
  });

  it('calls a pair that is almost level neither left nor right, neither in front nor behind', () => {
    const level = sceneOf([red, { ...blue, x: -0.95, y: -0.9 }]);
    for (const relation of ['left of', 'right of', 'in front of', 'behind']) {
      expect(isTrue(`a red cube ${relation} a blue sphere`, level)).toBe(false);
    }
  });

  it('reads piles by what rests on what', () => {
    const pile = sceneOf([{ ...blue, x: -1, y: -1, base: 1.4, restsOn: 1 }, red]);
    expect(isTrue('a blue sphere on top of a red cube', pile)).toBe(true);
    expect(isTrue('a red cube on top of a blue sphere', pile)).toBe(false);
    expect(isTrue('a red cube underneath a blue sphere', pile)).toBe(true);
  });

  it('takes "the" for the only one, a number for all, and a list for each of its solids', () => {
    const gray = place(look('gray', 'sphere', 'small', 'matte'), 1.6, -1);
    const three = sceneOf([red, blue, gray]);
    expect(isTrue('the red cube is to the left of the blue sphere', three)).toBe(true);
    expect(isTrue('the red cube is to the left of the sphere', three)).toBe(false);
    expect(isTrue('a red cube left of a sphere', three)).toBe(true);
    expect(isTrue('a red cube left of two spheres', three)).toBe(true);
    expect(isTrue('a red cube left of three spheres', three)).toBe(false);
    expect(isTrue('a red cube left of a blue sphere and a gray sphere', three)).toBe(true);
    expect(isTrue('a red cube in front of a blue sphere and a gray sphere', three)).toBe(false);
    expect(isTrue('a red cube and a gray sphere in front of a blue sphere', three)).toBe(true);
    expect(isTrue('a red cube left of a blue sphere and a blue sphere', three)).toBe(false);
    expect(isTrue('two spheres', three)).toBe(true);
    expect(isTrue('one sphere', three)).toBe(false);
  });

  it.each(VERBS.filter((verb) => verb !== 'carries'))('reads "%s" from the action, and from no other verb', (verb) => {
    const acting = sceneOf([red, blue], { verb, subject: 0, object: 1 });
    const mutual = verb === 'touches' || verb === 'is tied to';
    for (const said of VERBS) {
      expect(isTrue(`a red cube ${said} a blue sphere`, acting), said).toBe(said === verb);
      expect(isTrue(`a blue sphere ${said} a red cube`, acting), said).toBe(said === verb && mutual);
    }
    expect(isTrue(`a red sphere ${verb} a blue cube`, acting)).toBe(false);
    expect(isTrue(`a red cube ${verb} a blue sphere`, scene)).toBe(false);
  });

  it.each([null, { verb: 'carries', subject: 1, object: 0 } as const])(
    'says that what stands on a solid is carried, %o',
    (action) => {
      const pile = sceneOf([{ ...blue, x: -1, y: -1, base: 1.4, restsOn: 1 }, red], action);
      expect(isTrue('a red cube carries a blue sphere', pile)).toBe(true);
      expect(isTrue('a blue sphere on top of a red cube', pile)).toBe(true);
      expect(isTrue('a blue sphere carries a red cube', pile)).toBe(false);
      expect(isTrue('a red cube touches a blue sphere', pile)).toBe(true);
      for (const verb of ['lifts', 'hovers over', 'hides behind', 'is tied to']) {
        expect(isTrue(`a red cube ${verb} a blue sphere`, pile)).toBe(false);
        expect(isTrue(`a blue sphere ${verb} a red cube`, pile)).toBe(false);
      }
    },
  );

  it('refuses words outside the grammar', () => {
    expect(() => isTrue('a happy cube', scene)).toThrow(/cannot read/);
    expect(() => isTrue('red cube', scene)).toThrow(/cannot read/);
    expect(() => isTrue('a red cube eats a blue sphere', scene)).toThrow(/cannot read/);
    expect(() => isTrue('a green cube, and a red', scene)).toThrow(/cannot read/);
  });
});

describe('test captions', () => {
  const clevr = planClevr(0);
  const winoground = planWinoground(0);

  it('are true where right and false where wrong, one pair in every CLEVR subtask of 400 scenes', () => {
    expect(clevr).toHaveLength(400);
    for (const { scene, captions } of each(clevr)) {
      expect(Object.keys(captions).sort()).toEqual([...CLEVR_SUBTASKS].sort());
      for (const subtask of CLEVR_SUBTASKS) {
        expect(captions[subtask]).toHaveLength(1);
        const [right, wrong] = captions[subtask][0];
        for (const judge of [isTrue, comesUp]) {
          expect(judge(right, scene), `${subtask}: ${right}`).toBe(true);
          expect(judge(wrong, scene), `${subtask}: ${wrong}`).toBe(false);
        }
      }
    }
  });

  it('use the same words in both captions of a winoground example, each true of its own picture alone', () => {
    expect(winoground).toHaveLength(400);
    for (const { row, scenes } of each(winoground)) {
      const words = (caption: string): string => caption.split(' ').sort().join(' ');
      expect(words(row.caption_0)).toBe(words(row.caption_1));
      expect(row.caption_0).not.toBe(row.caption_1);
      for (const judge of [isTrue, comesUp]) {
        expect(judge(row.caption_0, scenes[0]), row.caption_0).toBe(true);
        expect(judge(row.caption_0, scenes[1]), row.caption_0).toBe(false);
        expect(judge(row.caption_1, scenes[0]), row.caption_1).toBe(false);
        expect(judge(row.caption_1, scenes[1]), row.caption_1).toBe(true);
      }
    }
  });

  it('swap every verb of winoground that does not say the same of both', () => {
    const verbs = winoground
      .filter(({ row }) => row.tag === 'Verb')
      .map(({ row }) => VERBS.find((v) => row.caption_0.includes(v)));
    expect(new Set(verbs)).toEqual(new Set(['carries', 'lifts', 'hovers over', 'hides behind']));
  });

  it('name left and right in equal measure, whichever solid is spoken of', () => {
    const lefts = clevr.filter((i) => i.captions.spatial[0]![0].startsWith('On the left')).length;
    expect(lefts).toBeGreaterThan(clevr.length * 0.3);
    expect(lefts).toBeLessThan(clevr.length * 0.7);
  });
});

describe('trueCaptions', () => {
  const anyLook = fc.record({
    color: fc.constantFrom(...COLORS),
    shape: fc.constantFrom(...SHAPES),
    size: fc.constantFrom(...SIZES),
    material: fc.constantFrom(...MATERIALS),
  });

  it('says nothing that names a colour, shape, size or material which no solid has', () => {
    fc.assert(
      fc.property(anyLook, anyLook, fc.integer(), (a, b, seed) => {
        const captions = trueCaptions(compose(randomStream(seed, 'captions'), [a, b], 'beside'));
        const words = new Set(captions.flatMap((c) => c.toLowerCase().replace('.', '').split(' ')));
        for (const list of [COLORS, SHAPES, SIZES, MATERIALS]) {
          for (const word of each(list))
            expect(words.has(word)).toBe(Object.values(a).includes(word) || Object.values(b).includes(word));
        }
        expect(captions.some((c) => c.startsWith('On the left is'))).toBe(true);
        expect(new Set(captions).size).toBe(captions.length);
      }),
      { numRuns: 40 },
    );
  });
});
