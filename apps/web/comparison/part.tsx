import { LeftOut, NotWhole } from './answer.tsx';
import { type Compared, edgeOf, type Finding } from './findings.ts';
import { Sides } from './sides.tsx';
import { FindingsTable } from './table.tsx';

/** One comparison: who is compared, on what, the findings, and what was left out. `edge`: where the drawn scale ends. */
export function ComparisonPart({
  compared: { left, right, differences, tasks, leftOut },
  findings,
  edge = edgeOf(findings),
}: {
  compared: Compared;
  findings: readonly Finding[];
  edge?: number;
}) {
  const compared = new Set(tasks.map(({ task }) => task));
  return (
    <>
      <Sides left={left} right={right} differences={differences} />
      <NotWhole tasks={left.tasks.filter(({ task }) => compared.has(task))} />
      <FindingsTable
        label={`${left.checkpoint.name} and ${right.checkpoint.name}`}
        findings={findings}
        left={left}
        right={right}
        edge={edge}
      />
      <LeftOut leftOut={leftOut} />
    </>
  );
}
