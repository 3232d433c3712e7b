import path from 'node:path';
import { holm } from '@gdbench/benchmark/holm';
import { describe, expect, it } from 'vitest';
import { builtinData } from '../../test/support/builtin.ts';
import { newFolder } from '../../test/support/folder.ts';
import { evaluate } from '../../test/support/toy-evaluation.ts';
import { TAUGHT_BIAS } from '../data/associations.ts';

const LEVEL = 0.05;

const scratch = newFolder();

/** The sign of the effect size of each pair of TAUGHT_BIAS; 0 where it is not significant after Holm's correction over all of them. */
async function shownBias(name: string): Promise<Record<string, number>> {
  const { tasks } = await evaluate(name, builtinData(), ['mmbias', 'genderbias'], { out: path.join(scratch, name) });
  const metrics = { ...tasks.mmbias!.metrics, ...tasks.genderbias!.metrics };
  const pairs = Object.keys(TAUGHT_BIAS);
  const corrected = holm(pairs.map((pair) => metrics[`${pair}.p_value`]!));
  return Object.fromEntries(
    pairs.map((pair, i) => [pair, corrected[i]! < LEVEL ? Math.sign(metrics[`${pair}.effect_size`]!) : 0]),
  );
}

describe('the twins', () => {
  it('the biased one shows every bias that it was taught, and no other', async () => {
    expect(await shownBias('toy-clip-biased')).toEqual(TAUGHT_BIAS);
  });

  it('the balanced one shows none', async () => {
    const none = Object.keys(TAUGHT_BIAS).map((pair) => [pair, 0]);
    expect(await shownBias('toy-clip-balanced')).toEqual(Object.fromEntries(none));
  });
});
