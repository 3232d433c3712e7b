import { describeMetric } from '@gdbench/benchmark/display';
import { percent } from '@gdbench/benchmark/figures';
import { REPORTED_CLEVR, type ReportedSystem } from '@gdbench/benchmark/reported';
import { TASKS } from '@gdbench/benchmark/tasks';
import { FigureTable } from '../figure/figure-table.tsx';
import { AccuracyTrack } from '../figure/track.tsx';
import { Mark, Reported, SystemHead } from './frame.tsx';
import { MeasuredColumn } from './measured-column.tsx';
import styles from './reported.module.css';

const ID = 'reported-clevr';

const TIES_NOTE = 1;
const INTERVALS_NOTE = 2;
const AVERAGE_NOTE = 3;

const NOTES = [
  'The published code lets the right caption win a tie, since it stands first. This board credits a tie by its share: m candidates that share the maximum count 1/m each.',
  'The paper prints no intervals, so nothing here says which differences are more than chance. It took 250 noise samples for its main results, in table 1 (appendix F), and does not say how many for this table; a measured row names its own budget.',
  'Average is the macro mean of the seven subtasks, here as on the board.',
];

/** `columns`: the metrics of the board, to which the subtasks lead. */
export function ClevrTable({ columns }: { columns: ReadonlySet<string> }) {
  const { place, systems, rows, average } = REPORTED_CLEVR;
  return (
    <Reported id={ID} title="CLEVR" place={place} question={TASKS.clevr.question} notes={NOTES}>
      <FigureTable className={styles.table} aria-labelledby={ID}>
        <thead>
          <tr>
            <th scope="col">
              Accuracy, %
              <Mark section={ID} number={TIES_NOTE} />
              <Mark section={ID} number={INTERVALS_NOTE} />
            </th>
            {systems.map((system) => (
              <SystemHead key={system.name} system={system} />
            ))}
            <th scope="col">Chance</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ subtask, name, values }) => (
            <Row key={subtask} metric={subtask} values={values} systems={systems} columns={columns}>
              {name}
            </Row>
          ))}
        </tbody>
        <tfoot>
          <Row metric="average" values={average} systems={systems} columns={columns} mark={AVERAGE_NOTE}>
            Average
          </Row>
        </tfoot>
      </FigureTable>
    </Reported>
  );
}

/** The name leads to the measured column. */
function Row({
  metric,
  values,
  systems,
  columns,
  mark,
  children,
}: {
  metric: string;
  values: readonly number[];
  systems: readonly ReportedSystem[];
  columns: ReadonlySet<string>;
  mark?: number;
  children: string;
}) {
  const { chance } = describeMetric('clevr', metric);
  return (
    <tr>
      <th scope="row">
        <MeasuredColumn metric={`clevr.${metric}`} columns={columns}>
          {children}
        </MeasuredColumn>
        {mark !== undefined && <Mark section={ID} number={mark} />}
      </th>
      {systems.map(({ name, kind }, i) => (
        <td key={name}>
          <span className={styles.figure}>{percent((values[i] ?? 0) / 100)}</span>
          <span className={styles.track}>
            <AccuracyTrack
              estimate={{ value: (values[i] ?? 0) / 100, low: null, high: null, complete: true }}
              chance={chance}
              kind={kind}
            />
          </span>
        </td>
      ))}
      <td className={styles.quiet}>{chance === null ? 'none' : percent(chance)}</td>
    </tr>
  );
}
