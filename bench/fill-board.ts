import type { Database } from '@gdbench/prisma/database';

const HASH = '0'.repeat(64);

/**
 * Fills an empty database with evaluations as a full board has them: of four protocols, one in a hundred still scored, one in ten
 * without one of the tasks, values with ties. The same every time.
 *
 * @param columns "<task>.<metric>" that an evaluation of all tasks has results in
 * @returns how many results there are
 */
export async function fillBoard(db: Database, evaluations: number, columns: readonly string[]): Promise<number> {
  const client = await db.pool.connect();
  try {
    await client.query('BEGIN; SELECT setseed(0.5)');
    await client.query(
      `CREATE TEMP TABLE made ON COMMIT DROP AS
       SELECT gen_random_uuid() AS id, n, n % 100 = 0 AS running,
         (ARRAY['diffusion-itm', 'cosine', 'matching', 'diffusion-itm-adaptive'])[1 + n % 4] AS protocol
       FROM generate_series(1, $1::int) n`,
      [evaluations],
    );
    await client.query(
      `INSERT INTO "Checkpoint" (id, name, sha256, bytes) SELECT id, 'checkpoint ' || n, '${HASH}', 1 FROM made`,
    );
    await client.query(`INSERT INTO "Submission" (id, "checkpointId", submitter) SELECT id, id, 'anonymous' FROM made`);
    await client.query(
      `INSERT INTO "Evaluation" (id, "submissionId", "checkpointId", samples, seed, state, protocol, "createdAt")
       SELECT id, id, id, 25, 0, CASE WHEN running THEN 'SCORING' ELSE 'DONE' END::"EvaluationState", protocol,
         now() - make_interval(mins => n) FROM made`,
    );
    await client.query(
      `INSERT INTO "Result" ("evaluationId", task, metric, protocol, value, low, high, chance, n, complete)
       SELECT id, task, metric, protocol, value, value - 0.02, value + 0.02, 0.5, 500, NOT running
       FROM (
         SELECT made.*, split_part(name, '.', 1) AS task, substr(name, 1 + strpos(name, '.')) AS metric,
           round((random() * 0.98 + 0.01)::numeric, 4)::float8 AS value
         FROM made CROSS JOIN unnest($1::text[]) AS name) AS of_all
       WHERE hashtext(id::text || task) % 10 <> 0`,
      [columns],
    );
    await client.query(
      `INSERT INTO "LeaderboardRow" ("evaluationId", protocol, "rankValue", "rankLow", "rankHigh")
       SELECT made.id, made.protocol, r.value, r.low, r.high FROM made
       LEFT JOIN "Result" r ON r."evaluationId" = made.id AND r.task = 'clevr' AND r.metric = 'average' AND r.complete`,
    );
    await client.query('COMMIT');
    await client.query('ANALYZE');
    const { rows } = await client.query('SELECT count(*)::int AS results FROM "Result"');
    return Number(rows[0]?.results);
  } finally {
    client.release();
  }
}
