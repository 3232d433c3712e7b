import { points, signedPoints } from '@gdbench/benchmark/figures';
import { capitalised } from '../figure/format.ts';
import { betterSide, type Finding, spoken } from './findings.ts';

/** What a question can be answered with: yes or no, or what is better and what is worse. */
export type Form = 'yes or no' | 'what';

/**
 * The answer in one sentence, made of the findings alone: whether the first of two checkpoints is better. A difference counts
 * where its corrected p says so; its size is told of the largest one.
 */
export function verdict(findings: readonly Finding[], form: Form): string {
  const tested = findings.filter(({ corrected }) => corrected !== null);
  if (tested.length === 0) return 'Nothing could be compared.';
  const better = largestFirst(tested.filter((one) => betterSide(one) === 'a'));
  const worse = largestFirst(tested.filter((one) => betterSide(one) === 'b'));
  if (better.length + worse.length === 0) return 'No difference found.';
  const lead = form === 'what' ? '' : leadOf(better.length, worse.length, tested.length);
  // of a single test there is nothing to count: the answer is its figure
  if (tested.length === 1) return `${lead || (better.length > 0 ? 'Better: ' : 'Worse: ')}${figure(tested[0]!)}.`;
  const text = [told('better', better, tested.length), told('worse', worse, tested.length)].filter(Boolean).join('; ');
  return `${lead}${lead ? text : capitalised(text)}.`;
}

function leadOf(better: number, worse: number, all: number): string {
  if (better === all) return 'Yes: ';
  if (better === 0) return 'No: ';
  return worse === 0 ? 'In part: ' : 'Mixed: ';
}

/** "better on 5 of 8, most on Pair, colour: +42.3 points [38.1, 46.0]" */
function told(word: 'better' | 'worse', [most, ...others]: readonly Finding[], all: number): string {
  if (!most) return '';
  const count = others.length + 1;
  const share = count === all ? `all ${all}` : `${count} of ${all}`;
  return `${word} on ${share}, ${others.length === 0 ? 'namely' : 'most'} on ${spoken(most)}: ${figure(most)}`;
}

function figure({ difference, low, high }: Finding): string {
  const interval = low == null || high == null ? '' : ` [${points(low)}, ${points(high)}]`;
  return `${signedPoints(difference ?? 0)} points${interval}`;
}

function largestFirst(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => Math.abs(b.difference ?? 0) - Math.abs(a.difference ?? 0));
}
