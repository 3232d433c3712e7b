import { ensureBoard, measureBoard } from '@gdbench/prisma/boards';
import type { Database } from '@gdbench/prisma/database';

const BOARD = { slug: 'bench', title: 'Bench', samples: 25, seed: 0, limit: null, rankingMetric: 'clevr.average' };

export interface Filled {
  readonly boardId: string;
  readonly measurementId: string;
  readonly results: number;
}

/**
 * Fills an empty database with evaluations as a full board has them: of four protocols, one in a hundred still scored, one in ten
 * without one of the tasks, values with ties. The same every time.
 *
 * @param columns "<task>.<metric>" that an evaluation of all tasks has results in
 * @returns on which board, by which measurement, and how many results there are
 */
export async function fillBoard(db: Database, evaluations: number, columns: readonly string[]): Promise<Filled> {
  const boardId = await ensureBoard(db, BOARD);
  const measurementId = await measureBoard(db, boardId, 'bench');
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
    await client.query(`INSERT INTO "Checkpoint" (id, sha256, bytes, state) SELECT id, id, 1, 'READY' FROM made`);
    await client.query(
      `INSERT INTO "Submission" (id, "checkpointId", "boardId", submitter, name)
       SELECT id, id, $1::uuid, 'anonymous', 'checkpoint ' || n FROM made`,
      [boardId],
    );
    await client.query(
      `INSERT INTO "Evaluation" (id, "submissionId", "checkpointId", "measurementId", state, protocol, "createdAt")
       SELECT id, id, id, $1::uuid, CASE WHEN running THEN 'SCORING' ELSE 'DONE' END::"EvaluationState", protocol,
         now() - make_interval(mins => n) FROM made`,
      [measurementId],
    );
    await client.query(
      `INSERT INTO "Result" ("evaluationId", task, metric, protocol, "measurementId", value, low, high, chance, n, complete)
       SELECT id, task, metric, protocol, $2::uuid, value, value - 0.02, value + 0.02, 0.5, 500, NOT running
       FROM (
         SELECT made.*, split_part(name, '.', 1) AS task, substr(name, 1 + strpos(name, '.')) AS metric,
           round((random() * 0.98 + 0.01)::numeric, 4)::float8 AS value
         FROM made CROSS JOIN unnest($1::text[]) AS name) AS of_all
       WHERE hashtext(id::text || task) % 10 <> 0`,
      [columns, measurementId],
    );
    await client.query(
      `INSERT INTO "LeaderboardRow" ("evaluationId", protocol, "measurementId", "rankValue", "rankLow", "rankHigh")
       SELECT made.id, made.protocol, $1::uuid, r.value, r.low, r.high FROM made
       LEFT JOIN "Result" r ON r."evaluationId" = made.id AND r.task = 'clevr' AND r.metric = 'average' AND r.complete`,
      [measurementId],
    );
    await client.query('COMMIT');
    await client.query('ANALYZE');
    const { rows } = await client.query('SELECT count(*)::int AS results FROM "Result"');
    return { boardId, measurementId, results: Number(rows[0]?.results) };
  } finally {
    client.release();
  }
}
