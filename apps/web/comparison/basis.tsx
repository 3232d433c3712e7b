import { budgetsOf } from '../board/basis.ts';
import { DataSet } from '../board/measured-on.tsx';
import type { TasksQuery } from '../generated/graphql.ts';
import styles from './comparison.module.css';
import type { Side } from './request.ts';

/** What the figures of a page rest on: data set, protocols, and sampling budget. */
export function Basis({ dataSet, sides }: { dataSet: TasksQuery['dataSet']; sides: readonly Side[] }) {
  const budgets = budgetsOf(sides.map((evaluation) => ({ evaluation })));
  const protocols = [...new Set(sides.flatMap(({ protocol }) => protocol ?? []))].sort();
  return (
    <dl className={styles.basis}>
      <div>
        <dt>Data set</dt>
        <dd>
          <DataSet dataSet={dataSet} />
        </dd>
      </div>
      {protocols.length > 0 && (
        <>
          <div>
            <dt>{protocols.length === 1 ? 'Protocol' : 'Protocols'}</dt>
            <dd>{protocols.join(', ')}</dd>
          </div>
          <div>
            <dt>Sampling budget</dt>
            <dd>{budgets === null ? 'nothing is sampled' : `${budgets} noise samples an image and text`}</dd>
          </div>
        </>
      )}
    </dl>
  );
}
