import { boardMetrics } from '@gdbench/benchmark/display';
import { TASK_NAMES } from '@gdbench/benchmark/task';
import { TASKS } from '@gdbench/benchmark/tasks';
import { LeftOut, Refused, Verdict } from './answer.tsx';
import { corrected, testsOf, uncorrected } from './findings.ts';
import { Legend } from './legend.tsx';
import { compare } from './request.ts';
import { Sides } from './sides.tsx';
import { FindingsTable } from './table.tsx';
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
      <Sides left={compared.left} right={compared.right} differences={compared.differences} />
      <FindingsTable
        label={`${compared.left.checkpoint.name} and ${compared.right.checkpoint.name}`}
        findings={findings}
        left={compared.left}
        right={compared.right}
      />
      <LeftOut leftOut={compared.leftOut} />
      <Legend tests={testsOf(findings)} />
    </>
  );
}
