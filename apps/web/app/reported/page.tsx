import { PAPER } from '@gdbench/benchmark/reported';
import type { Metadata } from 'next';
import { Lists, listHref } from '../../board/lists.tsx';
import { ListsDocument, type ListsQuery } from '../../generated/graphql.ts';
import { BiasTable } from '../../reported/bias.tsx';
import { Citation } from '../../reported/citation.tsx';
import { ClevrTable } from '../../reported/clevr.tsx';
import { HumanTable } from '../../reported/human.tsx';
import styles from '../../reported/reported.module.css';
import { UnthresholdedTable } from '../../reported/unthresholded.tsx';
import { request } from '../../server/request.ts';

export const metadata: Metadata = { title: 'Reported in the paper' };

export default async function ReportedPage() {
  const { otherProtocols, metrics } = await lists();
  const columns = new Set(metrics);
  return (
    <>
      <h1>What the paper reports</h1>
      <p className="lead">
        Figures as printed in <a href={PAPER.url}>{PAPER.title}</a> ({PAPER.authors}, {PAPER.venue}), for reading beside
        the board. They were not measured here and take no part in any rank.
      </p>
      <Lists current="reported" others={otherProtocols} href={listHref} />
      <div className={styles.sections}>
        <div className={styles.wide}>
          <ClevrTable columns={columns} />
        </div>
        <div className={styles.wide}>
          <BiasTable columns={columns} />
        </div>
        <HumanTable />
        <UnthresholdedTable columns={columns} />
        <div className={styles.wide}>
          <Citation />
        </div>
      </div>
    </>
  );
}

/** The page stands without the API; then it names no list of another protocol and leads to no column. */
async function lists(): Promise<ListsQuery['leaderboard']> {
  try {
    return (await request(ListsDocument, {})).leaderboard;
  } catch {
    return { otherProtocols: [], metrics: [] };
  }
}
