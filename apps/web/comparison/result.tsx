import { boardMetrics } from '@gdbench/benchmark/display';
import { TASK_NAMES } from '@gdbench/benchmark/task';
import { TASKS } from '@gdbench/benchmark/tasks';
import { Refused, Verdict } from './answer.tsx';
import { corrected, testsOf, uncorrected } from './findings.ts';
import { Legend } from './legend.tsx';
import { ComparisonPart } from './part.tsx';
import { compare } from './request.ts';
import { verdict } from './verdict.ts';

/** Every accuracy that has a column on the board. */
const METRICS = TASK_NAMES.filter((task) => TASKS[task].kind === 'accuracy').flatMap((task) =>
  boardMetrics(task).map((metric) => `${task}.${metric}`),
);

/** Two evaluations on every metric of the board that both have. */
export async function Result({ left, right }: { left: string; right: string }) {
  const { compared, refusal } = await compare(left, right, null);
  if (refusal) return <Refused {...refusal} />;
  const [findings = []] = corrected([uncorrected(compared.tasks, METRICS)]);
  return (
    <>
      <Verdict>{verdict(findings, 'what')}</Verdict>
      <ComparisonPart compared={compared} findings={findings} />
      <Legend tests={testsOf(findings)} />
    </>
  );
}
