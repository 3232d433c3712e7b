import { describeMetric } from '@gdbench/benchmark/display';
import { percent } from '@gdbench/benchmark/figures';
import { REPORTED_UNTHRESHOLDED } from '@gdbench/benchmark/reported';
import { FigureTable } from '../figure/figure-table.tsx';
import { Mark, Reported } from './frame.tsx';
import { MeasuredColumn } from './measured-column.tsx';
import styles from './reported.module.css';

const ID = 'reported-unthresholded';

const NOTES = [
  'One checkpoint, less than an epoch into training. Soon after it every task fell to chance.',
  'The two tasks are compared with different models, as the paper does.',
];

/** `columns`: the metrics of the board, to which the tasks lead. */
export function UnthresholdedTable({ columns }: { columns: ReadonlySet<string> }) {
  const { place, rows } = REPORTED_UNTHRESHOLDED;
  return (
    <Reported
      id={ID}
      title="Without the threshold"
      place={place}
      question="What does finetuning on hard negatives do when their loss is not cut off at a threshold? Word order rises, the rest falls."
      notes={NOTES}
    >
      <FigureTable className={styles.table} aria-labelledby={ID}>
        <thead>
          <tr>
            <th scope="col">Accuracy, %</th>
            <th scope="col">
              No threshold
              <Mark section={ID} number={1} />
            </th>
            <th scope="col">
              Compared with
              <Mark section={ID} number={2} />
            </th>
            <th scope="col">Chance</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ task, unthresholded, other, otherIs }) => {
            const { title, chance } = describeMetric(task, 'accuracy');
            return (
              <tr key={task}>
                <th scope="row">
                  <MeasuredColumn metric={`${task}.accuracy`} columns={columns}>
                    {title}
                  </MeasuredColumn>
                </th>
                <td className={styles.figure}>{percent(unthresholded / 100)}</td>
                <td>
                  <span className={styles.figure}>{percent(other / 100)}</span>
                  <small className={styles.aside}>{otherIs}</small>
                </td>
                <td className={styles.quiet}>{chance === null ? 'none' : percent(chance)}</td>
              </tr>
            );
          })}
        </tbody>
      </FigureTable>
    </Reported>
  );
}
