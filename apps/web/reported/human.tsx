import { REPORTED_HUMAN } from '@gdbench/benchmark/reported';
import { FigureTable } from '../figure/figure-table.tsx';
import { Mark, Reported } from './frame.tsx';
import styles from './reported.module.css';

const ID = 'reported-human';
const VERDICT_NOTE = 1;
const TIES_NOTE = 2;

const NOTES = [
  'Below each pair stands what the paper says of it.',
  'The paper does not print the ties of this comparison.',
];

export function HumanTable() {
  const { place, prompts, seeds, comparisons } = REPORTED_HUMAN;
  const question = `Which of two generated images fits the text better? One of the paper’s authors judged, without names, left and right at random: ${prompts} prompts of six DrawBench categories, ${seeds} seeds.`;
  return (
    <Reported id={ID} title="Human comparison" place={place} question={question} notes={NOTES}>
      <FigureTable className={styles.table} aria-labelledby={ID}>
        <thead>
          <tr>
            <th scope="col">
              A against B
              <Mark section={ID} number={VERDICT_NOTE} />
            </th>
            <th scope="col">A better</th>
            <th scope="col">B better</th>
            <th scope="col">Ties</th>
          </tr>
        </thead>
        <tbody>
          {comparisons.map(({ a, b, winsOfA, winsOfB, ties, verdict }) => (
            <tr key={b}>
              <th scope="row">
                {a} against {b}
                <small className={styles.aside}>{verdict}</small>
              </th>
              <td className={styles.figure}>{winsOfA}</td>
              <td className={styles.figure}>{winsOfB}</td>
              <td className={ties === null ? styles.quiet : styles.figure}>
                {ties ?? (
                  <>
                    not printed
                    <Mark section={ID} number={TIES_NOTE} />
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </FigureTable>
    </Reported>
  );
}
