import type { Metadata } from 'next';
import { Suspense } from 'react';
import { ComparedOn } from '../../board/measured-on.tsx';
import { comparable } from '../../comparison/choices.ts';
import { Chooser } from '../../comparison/chooser.tsx';
import styles from '../../comparison/comparison.module.css';
import { Result } from '../../comparison/result.tsx';
import { DataSetNameDocument } from '../../generated/graphql.ts';
import { request } from '../../server/request.ts';

export const metadata: Metadata = { title: 'Compare two checkpoints' };

type Params = Promise<Record<string, string | string[] | undefined>>;

export default async function ComparePage({ searchParams }: { searchParams: Params }) {
  const [params, choices, { dataSet }] = await Promise.all([
    searchParams,
    comparable(),
    request(DataSetNameDocument, {}),
  ]);
  const [left, right] = [idOf(params.left), idOf(params.right)];
  const all = choices.flatMap(({ sides }) => sides);
  return (
    <>
      <h1>Compare two checkpoints</h1>
      <p className="lead">Example by example, on every accuracy that both were scored on.</p>
      <Chooser key={`${left} ${right}`} choices={choices} left={left} right={right} />
      {left && right && (
        <section className="panel" aria-label="Comparison">
          <Suspense
            key={`${left} ${right}`}
            fallback={<p className={styles.quiet}>Computing from the stored scores.</p>}
          >
            <Result left={left} right={right} />
          </Suspense>
        </section>
      )}
      <ComparedOn dataSet={dataSet} sides={all.filter(({ id }) => id === left || id === right)} />
    </>
  );
}

function idOf(param: string | string[] | undefined): string | null {
  return typeof param === 'string' && param !== '' ? param : null;
}
