import { describe, expect, it } from 'vitest';
import { each } from '../../test/support/each.ts';
import { column } from './places.ts';
import type { Look, Scene, Solid } from './scene.ts';
import { isTrue } from './truth.ts';

const LOOKS: Look[] = [
  { color: 'red', shape: 'cube', size: 'small', material: 'matte' },
  { color: 'blue', shape: 'sphere', size: 'large', material: 'matte' },
];

/** A red cube where it is said, and a blue sphere in the middle of the stage. */
function sceneOf(x: number, y: number): Scene {
  const [red, blue] = LOOKS.map(
    (l, i): Solid => ({ ...l, x: i ? 0 : x, y: i ? 0 : y, base: 0, cos: 1, sin: 0, restsOn: null }),
  );
  return { solids: [red!, blue!], props: [], action: null, backdrop: 'mist', aim: 0.8, lightX: -0.6, lightY: -0.6 };
}

const redIs = (words: string, x: number, y: number): boolean =>
  isTrue(`a red cube ${words} a blue sphere`, sceneOf(x, y));

describe('the finer words for places', () => {
  it.each([
    ['far left of', -1.9, 0, true],
    ['far left of', -1, 0, false],
    ['far right of', 1.9, 0, true],
    ['far right of', -1.9, 0, false],
    ['just left of', -0.55, 0, true],
    ['just left of', -1.5, 0, false],
    ['just left of', 0.55, 0, false],
    ['just right of', 0.55, 0, true],
    ['straight in front of', 0.1, -1.5, true],
    ['straight in front of', 0.1, 1.5, false],
    ['straight in front of', 1, -1.5, false],
    ['straight behind', 0, 1.5, true],
    ['far behind', 1, 2.6, true],
    ['far behind', 1, 2, false],
    ['just behind', 1, 1.5, true],
    ['just behind', 1, 1, false],
    ['just behind', 1, 2.4, false],
    ['far in front of', 1, -2.6, true],
    ['just in front of', 1, -1.5, true],
    ['level with', 1.5, 0.2, true],
    ['level with', 1.5, 0.9, false],
  ])('a red cube %s a blue sphere, from (%d, %d): %s', (words, x, y, expected) => {
    expect(redIs(words, x, y)).toBe(expected);
  });

  it('says of each finer relation what the plain one says', () => {
    for (let x = -1.9; x < 2; x += 0.13) {
      for (let y = -1.9; y < 2.9; y += 0.31) {
        for (const side of ['left of', 'right of', 'in front of', 'behind']) {
          for (const degree of ['far', 'just', 'straight']) {
            if (degree === 'straight' && side.endsWith('t of') && side !== 'in front of') continue;
            if (redIs(`${degree} ${side}`, x, y)) expect(redIs(side, x, y)).toBe(true);
          }
        }
      }
    }
  });

  it('calls what is behind another half hidden, but neither what is clear of it nor what is in front', () => {
    const sweep = Array.from({ length: 40 }, (_, i) => i * 0.05);
    const hidden = sweep.filter((x) => redIs('half hidden by', x, 1.6));
    expect(each(hidden).every((x) => x > 0.2 && x < 1.4)).toBe(true);
    expect(sweep.some((x) => redIs('half hidden by', x, -1.6))).toBe(false);
    expect(redIs('half hidden by', 1.9, 1.6)).toBe(false);
  });

  it('reads the place of one solid in the picture', () => {
    for (let x = -1.9; x < 2; x += 0.1) {
      const at = column(sceneOf(x, 0), sceneOf(x, 0).solids[0]!);
      const words = [
        'at the left edge',
        'just left of the middle',
        'in the middle',
        'just right of the middle',
        'at the right edge',
      ];
      expect(words.map((place) => isTrue(`a red cube is ${place}`, sceneOf(x, 0)))).toEqual([
        at < -0.55,
        at < -0.1 && at >= -0.32,
        Math.abs(at) <= 0.1,
        at > 0.1 && at <= 0.32,
        at > 0.55,
      ]);
    }
  });
});

describe('captions of several clauses', () => {
  it.each([
    ['a red cube left of a blue sphere, and a small matte cube', true],
    ['a red cube left of a blue sphere, and a shiny cube', false],
    ['a green cube, a blue sphere and a red cube', false],
    ['a red cube stands left of a blue sphere while a large sphere is right of a matte cube', true],
    ['a red cube stands left of a blue sphere while a large sphere is left of a matte cube', false],
    ['There is a red cube, and there is a blue sphere.', true],
    ['The picture shows a red sphere.', false],
    ['a red cube is at the left edge', true],
  ])('reads "%s"', (caption, expected) => {
    expect(isTrue(caption, sceneOf(-1.6, 0))).toBe(expected);
  });

  it('refuses words in an order that says nothing', () => {
    expect(() => isTrue('while a red cube a blue sphere left of', sceneOf(-1, 0))).toThrow(/not a phrase/);
  });
});
