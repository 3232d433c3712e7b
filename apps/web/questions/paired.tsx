import { Refused, Verdict } from '../comparison/answer.tsx';
import { corrected, edgeOf, testsOf, uncorrected } from '../comparison/findings.ts';
import { Legend } from '../comparison/legend.tsx';
import { ComparisonPart } from '../comparison/part.tsx';
import { compare, type Side } from '../comparison/request.ts';
import { verdict } from '../comparison/verdict.ts';
import styles from './questions.module.css';
import type { PairedQuestion } from './questions.ts';

interface Props {
  readonly question: PairedQuestion;
  readonly pairs: readonly (readonly [a: Side, b: Side])[];
}

/** Each pair compared on all the question's metrics, p corrected over all of them together. */
export async function PairedAnswer({ question: { metrics, form }, pairs }: Props) {
  const tasks = [...new Set(metrics.map((metric) => metric.slice(0, metric.indexOf('.'))))];
  const outcomes = await Promise.all(pairs.map(([a, b]) => compare(a.id, b.id, tasks)));
  const refusal = outcomes.find((one) => one.refusal !== null)?.refusal;
  if (refusal) return <Refused {...refusal} />;
  const compared = outcomes.flatMap((one) => one.compared ?? []);
  const findings = corrected(compared.map((one) => uncorrected(one.tasks, metrics)));
  const parts = compared.map((one, i) => ({
    compared: one,
    key: `${one.left.id} ${one.right.id}`,
    findings: findings[i] ?? [],
  }));
  const edge = edgeOf(findings.flat());
  return (
    <>
      {parts.map((part) => (
        <Verdict key={part.key} against={parts.length > 1 ? part.compared.right.checkpoint.name : undefined}>
          {verdict(part.findings, form)}
        </Verdict>
      ))}
      {parts.map((part) => (
        <div key={part.key} className={styles.comparison}>
          <ComparisonPart compared={part.compared} findings={part.findings} edge={edge} />
        </div>
      ))}
      <Legend tests={testsOf(findings.flat())} />
    </>
  );
}
