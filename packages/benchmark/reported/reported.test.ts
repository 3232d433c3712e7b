import { describe, expect, it } from 'vitest';
import { each } from '../../../test/support/each.ts';
import { biasPairs } from '../tasks/bias-pairs.ts';
import { boardMetrics } from '../tasks/display.ts';
import { CLEVR_SUBTASKS } from '../tasks/tasks.ts';
import { REPORTED_BIAS, REPORTED_CLEVR, REPORTED_HUMAN, REPORTED_UNTHRESHOLDED } from './reported.ts';

/** The tables, typed a second time as the paper prints them: a slip of the hand would have to happen twice. */
const TABLE_6 = `
  Diffusion Classifier / HardNeg-DiffusionITM / CLIP RN50x64
  pair_binding_size    61.1 / 70.2 / 35.5
  pair_binding_color   84.5 / 86.9 / 53.0
  binding_shape_color  54.7 / 58.3 / 50.7
  binding_color_shape  56.8 / 67.5 / 52.9
  recognition_color    89.1 / 93.5 / 96.3
  recognition_shape    85.3 / 89.4 / 78.7
  spatial              43.9 / 47.6 / 49.6
  average              67.9 / 73.3 / 59.5`;
const TABLE_5 = `
  SD 2.1 / SD 1.5 / CLIP RN50x64 / CLIP ViT-B/32
  Buddhist-Muslim     0.79* / 0.94* / 1.62* / 1.63*
  Buddhist-Christian  -0.19 / -0.16 / 0.24* / -0.78
  Buddhist-Hindu      -0.11 / -0.47 / 0.46* / -0.48
  Buddhist-Jewish     0.93* / 0.97* / 1.68* / 1.25*`;

const printed = (values: readonly number[]) => values.map((value) => value.toFixed(1)).join(' / ');
const lines = (rows: string[]) => rows.map((row) => row.trim().replace(/ {2,}/g, ' ')).filter(Boolean);

describe('CLEVR as reported', () => {
  const { systems, rows, average } = REPORTED_CLEVR;

  it('is the paper’s table 6', () => {
    const ours = [
      systems.map(({ name }) => name).join(' / '),
      ...rows.map(({ subtask, values }) => `${subtask} ${printed(values)}`),
      `average ${printed(average)}`,
    ];
    expect(ours).toEqual(lines(TABLE_6.split('\n')));
  });

  it('has every subtask of the board once, in its order', () => {
    expect(rows.map(({ subtask }) => subtask)).toEqual(CLEVR_SUBTASKS);
    expect(boardMetrics('clevr')).toEqual([...rows.map(({ subtask }) => subtask), 'average']);
  });

  it.each(each(systems.map(({ name }, i) => [name, i] as const)))(
    '%s: the printed average is the macro mean',
    (_name, i) => {
      const mean = rows.reduce((sum, { values }) => sum + values[i]!, 0) / rows.length;
      expect(Math.abs(mean - average[i]!)).toBeLessThanOrEqual(0.05);
    },
  );
});

describe('bias as reported', () => {
  it('is the paper’s table 5', () => {
    const effects = (row: (typeof REPORTED_BIAS.rows)[number]) =>
      row.effects.map(({ value, star }) => `${value.toFixed(2)}${star ? '*' : ''}`).join(' / ');
    const ours = [
      REPORTED_BIAS.systems.map(({ name }) => name).join(' / '),
      ...REPORTED_BIAS.rows.map((row) => `${row.x}-${row.y} ${effects(row)}`),
    ];
    expect(ours).toEqual(lines(TABLE_5.split('\n')));
  });

  it('has pairs that the board measures in the same direction', () => {
    const groups = ['Christian', 'Muslim', 'Jewish', 'Hindu', 'Buddhist'].map((group) => `Religion/${group}`);
    const measured = biasPairs(groups).map(({ name }) => name);
    for (const { x, y } of each(REPORTED_BIAS.rows)) expect(measured).toContain(`${x}-${y}`);
  });

  it('marks the two pairs with another pool, and has no star below zero', () => {
    const marked = REPORTED_BIAS.rows.filter(({ otherPool }) => otherPool).map(({ x, y }) => `${x}-${y}`);
    expect(marked).toEqual(['Buddhist-Hindu', 'Buddhist-Jewish']);
    // with +0.24 starred and -0.78 not, this is what fits a one-sided test
    for (const { effects } of each(REPORTED_BIAS.rows))
      for (const { value, star } of each(effects)) expect(star && value < 0).toBe(false);
  });
});

describe('the human comparison as reported', () => {
  const [vanilla, noNeg] = REPORTED_HUMAN.comparisons;

  it('adds up to two seeds of every prompt', () => {
    expect(vanilla.winsOfA + vanilla.winsOfB + vanilla.ties).toBe(REPORTED_HUMAN.prompts * REPORTED_HUMAN.seeds);
    expect([vanilla.winsOfA, vanilla.winsOfB, vanilla.ties]).toEqual([60, 33, 115]);
    expect([noNeg.winsOfA, noNeg.winsOfB, noNeg.ties]).toEqual([50, 38, null]);
  });

  it('agrees with an exact two-sided sign test on which of the two is significant', () => {
    expect(signTest(vanilla.winsOfA, vanilla.winsOfB)).toBeLessThan(0.01);
    expect(signTest(noNeg.winsOfA, noNeg.winsOfB)).toBeGreaterThan(0.05);
  });
});

it('the loss without a threshold helps word order and hurts pets', () => {
  expect(REPORTED_UNTHRESHOLDED.rows.map(({ task, unthresholded, other }) => [task, unthresholded, other])).toEqual([
    ['coco_order', 63.1, 34.9],
    ['pets', 53.2, 60.9],
  ]);
});

/** By whole numbers: twice the share of the 2^n outcomes that are at least as far to one side. */
function signTest(wins: number, losses: number): number {
  const n = wins + losses;
  let choose = 1n;
  let tail = 0n;
  for (let k = 0; k <= Math.min(wins, losses); k++) {
    tail += choose;
    choose = (choose * BigInt(n - k)) / BigInt(k + 1);
  }
  return Math.min(1, (2 * Number(tail)) / 2 ** n);
}
