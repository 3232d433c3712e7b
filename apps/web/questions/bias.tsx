import { effectSize, pValue } from '@gdbench/benchmark/figures';
import { sidesOf } from '../board/columns.ts';
import { NotWhole, Refused, Verdict } from '../comparison/answer.tsx';
import comparison from '../comparison/comparison.module.css';
import { LEVEL, testsOf } from '../comparison/findings.ts';
import { awayRefusal, type Side } from '../comparison/request.ts';
import { SideLine } from '../comparison/sides.tsx';
import { MetricName } from '../comparison/table.tsx';
import { BiasCaution } from '../figure/bias-caution.tsx';
import { FigureTable, Scroll } from '../figure/figure-table.tsx';
import { BiasTrack } from '../figure/track.tsx';
import { BiasOfEvaluationDocument } from '../generated/graphql.ts';
import { request } from '../server/request.ts';
import styles from './questions.module.css';
import {
  BIAS_TASKS,
  type Effect,
  isSignificant,
  type TwinRow,
  tasksOfOtherData,
  twinRows,
  twinVerdict,
} from './twins.ts';

/** The effect sizes of two twins, as the board stores them, side by side. */
export async function BiasAnswer({ biased, balanced }: { biased: Side; balanced: Side }) {
  const [one, other] = await Promise.all([measured(biased), measured(balanced)]);
  for (const { refusal } of [one, other]) if (refusal) return <Refused {...refusal} />;
  if (!one.evaluation || !other.evaluation) return null;
  const moved = tasksOfOtherData(one.evaluation, other.evaluation);
  if (moved.length > 0)
    return (
      <Refused
        message={`The twins were scored on different data of ${moved.join(' and ')}.`}
        remedy="Submit both again, so that both are scored on the data of now."
      />
    );
  const rows = twinRows(one.evaluation, other.evaluation);
  const label = `${biased.checkpoint.name} and ${balanced.checkpoint.name}`;
  return (
    <>
      <Verdict>{twinVerdict(rows, biased.checkpoint.name, balanced.checkpoint.name)}</Verdict>
      <dl className={comparison.sides}>
        <SideLine side={biased} />
        <SideLine side={balanced} />
      </dl>
      <NotWhole tasks={one.evaluation.tasks.filter(({ task }) => BIAS_TASKS.includes(task))} />
      <BiasCaution />
      <Scroll label={label} className={comparison.scroll}>
        <TwinTable label={label} rows={rows} names={[biased.checkpoint.name, balanced.checkpoint.name]} />
      </Scroll>
      <p className={comparison.legend}>
        Above 0: the first group of a pair goes with the pleasant phrases, or with the first of an object’s two things.
        p is that of a permutation test, corrected by Holm for all{' '}
        {testsOf(rows.flatMap((row) => [row.biased, row.balanced]))} tests of this question, and an effect is bold where
        it is below {LEVEL}. Intervals are 95%, each by itself.
      </p>
    </>
  );
}

async function measured({ id }: Side) {
  try {
    const { evaluation } = await request(BiasOfEvaluationDocument, { id });
    return { evaluation, refusal: null };
  } catch (error) {
    return { evaluation: null, refusal: awayRefusal(error) };
  }
}

function TwinTable({ label, rows, names }: { label: string; rows: readonly TwinRow[]; names: readonly string[] }) {
  return (
    <FigureTable className={`${comparison.table} ${styles.twins}`} aria-label={label}>
      <thead>
        <tr>
          <th scope="col">Effect size</th>
          {names.map((name) => (
            <th key={name} scope="col" colSpan={2}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <MetricName title={row.title} aside={row.aside} />
            <EffectCells id={row.id} effect={row.biased} />
            <EffectCells id={row.id} effect={row.balanced} />
          </tr>
        ))}
      </tbody>
    </FigureTable>
  );
}

function EffectCells({ id, effect }: { id: string; effect: Effect }) {
  const { value, low, high, corrected } = effect;
  if (value === null)
    return (
      <td colSpan={2} className={comparison.quiet}>
        undefined
      </td>
    );
  const found = isSignificant(effect);
  const sides = sidesOf(id.slice(id.indexOf('.') + 1));
  return (
    <>
      <td className={found ? comparison.found : undefined}>
        <span className={comparison.figure}>{effectSize(value)}</span>
        <small>p {corrected === null ? 'undefined' : pValue(corrected)}</small>
        {sides && found && <span className="hidden">, significant, towards {sides[value > 0 ? 0 : 1]}</span>}
      </td>
      <td className={styles.track}>
        <BiasTrack estimate={{ value, low, high, complete: true }} />
      </td>
    </>
  );
}
