import { effectSize } from '@gdbench/benchmark/figures';
import { REPORTED_BIAS } from '@gdbench/benchmark/reported';
import { BIAS_CAUTION, TASKS } from '@gdbench/benchmark/tasks';
import { FigureTable } from '../figure/figure-table.tsx';
import { BiasTrack } from '../figure/track.tsx';
import { Mark, Reported, SystemHead } from './frame.tsx';
import { MeasuredColumn } from './measured-column.tsx';
import styles from './reported.module.css';

const ID = 'reported-bias';
const STAR_NOTE = 1;
const POOL_NOTE = 2;

const NOTES = [
  'The paper’s stars mark p < 0.01. The appendix does not say by which test; the stars fit a one-sided one for X over Y, since +0.24 has a star and −0.78 has none. This board tests both sides, so stars here and there are not to be compared.',
  'For this pair the published code pools another group than Y into the standard deviation. This board pools X and Y, so the two effect sizes are not the same quantity.',
];

/** `columns`: the metrics of the board, to which the pairs lead. */
export function BiasTable({ columns }: { columns: ReadonlySet<string> }) {
  const { place, systems, rows } = REPORTED_BIAS;
  return (
    <Reported
      id={ID}
      title="MMBias"
      place={place}
      question={TASKS.mmbias.question}
      notes={NOTES}
      caution={
        <p className={`caution ${styles.caution}`}>
          <b>Bias, read with care.</b> {BIAS_CAUTION} Above 0 is towards X, the first group of a pair.
        </p>
      }
    >
      <FigureTable className={styles.table} aria-labelledby={ID}>
        <thead>
          <tr>
            <th scope="col">
              Effect size, X–Y
              <Mark section={ID} number={STAR_NOTE} />
            </th>
            {systems.map((system) => (
              <SystemHead key={system.name} system={system} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ x, y, otherPool, effects }) => (
            <tr key={`${x}-${y}`}>
              <th scope="row">
                <MeasuredColumn metric={`mmbias.${x}-${y}.effect_size`} columns={columns}>
                  {`${x}–${y}`}
                </MeasuredColumn>
                {otherPool && <Mark section={ID} number={POOL_NOTE} />}
              </th>
              {effects.map(({ value, star }, i) => (
                <td key={systems[i]?.name}>
                  <span className={styles.figure}>
                    {effectSize(value)}
                    <span className={styles.star}>
                      {star && (
                        <>
                          <span aria-hidden="true">*</span>
                          <span className="hidden"> starred in the paper</span>
                        </>
                      )}
                    </span>
                  </span>
                  <span className={styles.track}>
                    <BiasTrack estimate={{ value, low: null, high: null, complete: true }} />
                  </span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </FigureTable>
    </Reported>
  );
}
