import { createHash } from 'node:crypto';
import type { Look } from './scene.ts';

/** Of the contents that a scene of two or more solids can have, one in so many belongs to test sets. */
const TEST_ONE_IN = 3;

/**
 * Whether scenes of these solids belong to test sets; all others belong to training sets. A hash of the colours, the shapes
 * and the materials in the scene decides, whichever solid has which: what a test scene holds is new to a model, and so is
 * what its captions say with two words exchanged. Nothing moves from one side to the other when tasks change, so that
 * whatever a later version of the test set asks is new to a checkpoint trained today.
 * @throws RangeError for less than two solids: there are 48 kinds in all, which both sides need.
 */
export function isForTest(looks: readonly Look[]): boolean {
  if (looks.length < 2) throw new RangeError('A lone solid is for training and for tests.');
  const key = `${sorted(looks, 'color')} / ${sorted(looks, 'shape')} / ${sorted(looks, 'material')}`;
  const known = decided.get(key);
  if (known !== undefined) return known;
  const forTest = createHash('sha256').update(key).digest().readUInt32LE(0) % TEST_ONE_IN === 0;
  decided.set(key, forTest);
  return forTest;
}

function sorted(looks: readonly Look[], trait: 'color' | 'shape' | 'material'): string {
  return looks
    .map((look) => look[trait])
    .sort()
    .join(' ');
}

/** What the hash said before: planners draw the same contents over and over. */
const decided = new Map<string, boolean>();

/** Draws until what is drawn belongs to test sets. */
export function drawForTest<L extends readonly Look[]>(draw: () => L): L {
  for (;;) {
    const looks = draw();
    if (isForTest(looks)) return looks;
  }
}
