import { PAPER } from '@gdbench/benchmark/reported';
import type { Metadata } from 'next';
import { Lists } from '../../board/lists.tsx';
import { ListsDocument } from '../../generated/graphql.ts';
import { BiasTable } from '../../reported/bias.tsx';
import { Citation } from '../../reported/citation.tsx';
import { ClevrTable } from '../../reported/clevr.tsx';
import { HumanTable } from '../../reported/human.tsx';
import styles from '../../reported/reported.module.css';
import { UnthresholdedTable } from '../../reported/unthresholded.tsx';
import { request } from '../../server/request.ts';

export const metadata: Metadata = { title: 'Reported in the paper' };

export default async function ReportedPage() {
  const others = await otherProtocols();
  return (
    <>
      <h1>What the paper reports</h1>
      <p className="lead">
        Figures as printed in <a href={PAPER.url}>{PAPER.title}</a> ({PAPER.authors}, {PAPER.venue}), for reading beside
        the board. They were not measured here and take no part in any rank.
      </p>
      <Lists
        current="reported"
        others={others}
        href={(protocol) => (protocol === null ? '/' : `/?protocol=${protocol}`)}
      />
      <div className={styles.sections}>
        <div className={styles.wide}>
          <ClevrTable />
        </div>
        <div className={styles.wide}>
          <BiasTable />
        </div>
        <HumanTable />
        <UnthresholdedTable />
        <div className={styles.wide}>
          <Citation />
        </div>
      </div>
    </>
  );
}

/** The page stands without the API; then only the lists of other protocols are not named. */
async function otherProtocols(): Promise<readonly string[]> {
  try {
    return (await request(ListsDocument, {})).leaderboard.otherProtocols;
  } catch {
    return [];
  }
}
