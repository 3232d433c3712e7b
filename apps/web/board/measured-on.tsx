'use client';

import { DataVersion } from '../figure/data-version.tsx';
import type { TasksQuery } from '../generated/graphql.ts';
import { CopyButton } from '../submission/copy-button.tsx';
import { budgetsOf, dataSetName } from './basis.ts';
import styles from './board.module.css';
import type { Row } from './order.ts';

/** What the figures rest on: the data set with its hash, and the sampling budget. */
export function MeasuredOn({ dataSet, rows }: { dataSet: TasksQuery['dataSet']; rows: readonly Row[] }) {
  const budgets = budgetsOf(rows);
  const isMixed = rows.some(({ otherData }) => otherData.length > 0);
  return (
    <dl className={styles.measuredOn}>
      <div>
        <dt>Data set</dt>
        <dd>
          <DataSet dataSet={dataSet} />
        </dd>
      </div>
      <div>
        <dt>Sampling budget</dt>
        <dd>{budgets === null ? 'nothing is sampled' : `${budgets} noise samples an image and text`}</dd>
      </div>
      {isMixed && (
        <div>
          <dt>Other data</dt>
          <dd>rows that say so were scored on another version of a task, which their own page names</dd>
        </div>
      )}
    </dl>
  );
}

/** Its name, the beginning of its hash, and a button that copies all of the hash. */
export function DataSet({ dataSet }: { dataSet: TasksQuery['dataSet'] }) {
  const { sha256 } = dataSet;
  if (!sha256) return <>none that can be read</>;
  return (
    <>
      {dataSetName(dataSet)} <span className="muted">sha256</span> <DataVersion version={sha256} />{' '}
      <CopyButton text={() => sha256} small>
        Copy hash
      </CopyButton>
    </>
  );
}
