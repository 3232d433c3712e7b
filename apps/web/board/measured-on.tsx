'use client';

import type { ReactNode } from 'react';
import type { Side } from '../comparison/request.ts';
import { DataVersion } from '../figure/data-version.tsx';
import { editionLines } from '../figure/edition.ts';
import type { TasksQuery } from '../generated/graphql.ts';
import { CopyButton } from '../submission/copy-button.tsx';
import { budgetsOf, dataSetName } from './basis.ts';
import styles from './measured-on.module.css';
import type { Row } from './order.ts';

/** What the figures of rows rest on: the data set with its hash, and the sampling budget. */
export function MeasuredOn({
  dataSet,
  tasks,
  rows,
}: {
  dataSet: TasksQuery['dataSet'];
  tasks: TasksQuery['tasks'];
  rows: readonly Row[];
}) {
  const isMixed = rows.some(({ otherData }) => otherData.length > 0);
  return (
    <dl className={styles.measuredOn}>
      <DataSetFact dataSet={dataSet} />
      <EditionFact tasks={tasks} />
      <BudgetFact rows={rows} />
      {isMixed && (
        <Fact name="Other data">
          rows that say so were scored on another version of a task, which their own page names
        </Fact>
      )}
    </dl>
  );
}

/** What the figures of a comparison rest on: the data set, protocols, and the sampling budget. */
export function ComparedOn({ dataSet, sides }: { dataSet: TasksQuery['dataSet']; sides: readonly Side[] }) {
  const protocols = [...new Set(sides.flatMap(({ protocol }) => protocol ?? []))].sort();
  return (
    <dl className={styles.measuredOn}>
      <DataSetFact dataSet={dataSet} />
      {protocols.length > 0 && (
        <>
          <Fact name={protocols.length === 1 ? 'Protocol' : 'Protocols'}>{protocols.join(', ')}</Fact>
          <BudgetFact rows={sides.map((evaluation) => ({ evaluation }))} />
        </>
      )}
    </dl>
  );
}

/**
 * What the figures of one evaluation rest on: the data set, or that it was another, in tasks of these titles; the editions of its
 * data; and the tasks that the evaluation lacks.
 */
export function ScoredOn({
  dataSet,
  editions,
  otherData,
  lacking,
}: {
  dataSet: TasksQuery['dataSet'];
  editions: Parameters<typeof editionLines>[0];
  otherData: readonly string[];
  lacking: readonly string[];
}) {
  return (
    <dl className={styles.measuredOn}>
      {otherData.length === 0 ? (
        <DataSetFact dataSet={dataSet} />
      ) : (
        <Fact name="Data set">another than the board has now, in {otherData.join(', ')}</Fact>
      )}
      <EditionFact tasks={editions} />
      {lacking.length > 0 && <Fact name="Not scored on">{lacking.join(', ')}</Fact>}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function DataSetFact({ dataSet }: { dataSet: TasksQuery['dataSet'] }) {
  return (
    <Fact name="Data set">
      <DataSet dataSet={dataSet} />
    </Fact>
  );
}

/** Of which editions the data are; data that are not all of one do not rank. */
function EditionFact({ tasks }: { tasks: Parameters<typeof editionLines>[0] }) {
  const lines = editionLines(tasks);
  return lines.length > 0 && <Fact name="Edition">{lines.join('; ')}</Fact>;
}

function BudgetFact({ rows }: { rows: Parameters<typeof budgetsOf>[0] }) {
  const budgets = budgetsOf(rows);
  return (
    <Fact name="Sampling budget">
      {budgets === null ? 'nothing is sampled' : `${budgets} noise samples an image and text`}
    </Fact>
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
