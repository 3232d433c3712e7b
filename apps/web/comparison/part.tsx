import { LeftOut } from './answer.tsx';
import { type Compared, edgeOf, type Finding } from './findings.ts';
import { Sides } from './sides.tsx';
import { FindingsTable } from './table.tsx';

/** One comparison: who is compared, the findings, and what was left out. `edge`: where the drawn scale ends. */
export function ComparisonPart({
  compared: { left, right, differences, leftOut },
  findings,
  edge = edgeOf(findings),
}: {
  compared: Compared;
  findings: readonly Finding[];
  edge?: number;
}) {
  return (
    <>
      <Sides left={left} right={right} differences={differences} />
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
