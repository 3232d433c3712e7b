import type { Database } from '@gdbench/prisma/database';

/** A statement as it was sent. */
export interface Statement {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

/** What PostgreSQL says of a statement that it ran. */
export interface Explained {
  readonly milliseconds: number;
  /** Indexes and tables that it went through, in the order of the plan. */
  readonly scans: readonly string[];
}

interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Plan[];
}

/** The statements that `work` sends over the database's connections, those that begin and end transactions left out. */
export async function sentBy(db: Database, work: () => Promise<unknown>): Promise<readonly Statement[]> {
  const sent: Statement[] = [];
  const restore: (() => void)[] = [];
  const listen = (client: { query: (...args: never[]) => unknown }) => {
    const { query } = client;
    client.query = (...args: never[]) => {
      const [text, parameters] = args as readonly unknown[];
      if (typeof text === 'string' && /^(select|with)/i.test(text))
        sent.push({ text, parameters: Array.isArray(parameters) ? parameters : [] });
      return query.apply(client, args);
    };
    restore.push(() => {
      client.query = query;
    });
  };
  db.pool.on('acquire', listen);
  try {
    await work();
  } finally {
    db.pool.off('acquire', listen);
    for (const undo of restore.reverse()) undo();
  }
  return sent;
}

/** Runs a statement once more and asks how it was done; the least of `rounds` times. */
export async function explain(db: Database, { text, parameters }: Statement, rounds: number): Promise<Explained> {
  let least: Explained | undefined;
  for (let round = 0; round < rounds; round++) {
    const { rows } = await db.pool.query(`EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${text}`, [...parameters]);
    const [top] = rows[0]['QUERY PLAN'];
    const milliseconds = top['Planning Time'] + top['Execution Time'];
    if (least === undefined || milliseconds < least.milliseconds) least = { milliseconds, scans: scansOf(top.Plan) };
  }
  if (!least) throw new Error('A statement is explained in one round at least.');
  return least;
}

function scansOf(plan: Plan): string[] {
  const own = plan['Index Name'] ?? (plan['Node Type'] === 'Seq Scan' ? `all of ${plan['Relation Name']}` : null);
  return [...new Set([...(own ? [own] : []), ...(plan.Plans ?? []).flatMap(scansOf)])];
}
