import { leadOfEvaluation } from '@gdbench/benchmark/states';
import { expressionBuilder, sql as fragment } from 'kysely';
import { jsonArrayFrom, jsonObjectFrom } from 'kysely/helpers/postgres';
import { checkpointOf } from '../checkpoints/rows.ts';
import type { Database } from '../database.ts';
import type { DB } from '../generated/tables.ts';
import { isId } from '../id.ts';
import { progressOf, type Running, scoredOf } from './progress.ts';
import { type EditionState, type EvaluationDetail, type EvaluationTaskRow, evaluationOf } from './rows.ts';

const of = expressionBuilder<DB & { e: DB['Evaluation'] }, 'e'>();

const TASKS = jsonArrayFrom(
  of
    .selectFrom('EvaluationTask as t')
    .select(['t.task', 't.dataVersion', 't.examples', 't.examplesDone', 't.shardsDone', 't.shardsTotal', 't.ties'])
    .select(['t.editionState', 't.edition', 't.editionOf'])
    .whereRef('t.evaluationId', '=', 'e.id')
    .orderBy('t.position'),
);

const RESULTS = jsonArrayFrom(
  of
    .selectFrom('Result as r')
    .select(['r.task', 'r.metric', 'r.value', 'r.low', 'r.high', 'r.chance', 'r.n', 'r.sizes', 'r.complete'])
    .whereRef('r.evaluationId', '=', 'e.id')
    .orderBy('r.task')
    .orderBy('r.metric'),
);

const FILES = jsonObjectFrom(
  of
    .selectFrom('SubmissionFile as f')
    .select(({ fn }) => [
      fn.sum('f.size').filterWhere('f.stored', '=', true).as('bytesStored'),
      fn.sum('f.size').as('bytesTotal'),
    ])
    .whereRef('f.submissionId', '=', 'e.submissionId'),
);

/** What workers have in their hands. */
const RUNNING = jsonArrayFrom(
  of
    .selectFrom('Work as w')
    .leftJoin('Shard as s', 's.workId', 'w.id')
    .select(['w.workerId', 'w.done', 'w.startedAt', 'w.heartbeatAt', 's.task', 's.from', 's.to', 's.cost'])
    .whereRef('w.evaluationId', '=', 'e.id')
    .where('w.state', '=', 'RUNNING'),
);

const SHARDS = jsonObjectFrom(
  of
    .selectFrom('Work as w')
    .leftJoin('Shard as s', 's.workId', 'w.id')
    .select(({ fn }) => [
      fn.sum('s.cost').filterWhere('w.state', '=', 'DONE').as('rowsDone'),
      fn.sum('s.cost').as('rowsTotal'),
      fn
        .avg(fragment<number>`s.cost / nullif(extract(epoch FROM w."finishedAt" - w."startedAt"), 0)`)
        .filterWhere('w.state', '=', 'DONE')
        .as('pace'),
      fn.max('w.heartbeatAt').as('lastSignOfLife'),
    ])
    .whereRef('w.evaluationId', '=', 'e.id'),
);

/** It waits for a worker that inspects it, or that begins to score it. */
const WAITING = [...leadOfEvaluation('accept').from, ...leadOfEvaluation('begin').from];

const PLACE = of
  .case()
  .when(
    of.and([
      of('e.state', 'in', WAITING),
      of.not(
        of.exists(
          of
            .selectFrom('Work as w')
            .select('w.id')
            .whereRef('w.evaluationId', '=', 'e.id')
            .where('w.state', '=', 'RUNNING'),
        ),
      ),
    ]),
  )
  .then(
    of
      .selectFrom('Evaluation as o')
      .select(({ fn }) => fn.countAll().as('waiting'))
      .whereRef('o.state', '=', 'e.state')
      .where(({ eb, refTuple }) => eb(refTuple('o.stateSince', 'o.id'), '<=', refTuple('e.stateSince', 'e.id')))
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('Work as w')
              .select('w.id')
              .whereRef('w.evaluationId', '=', 'o.id')
              .where('w.state', '=', 'RUNNING'),
          ),
        ),
      ),
  )
  .end();

/** The evaluations that exist among the ids, by id. */
export async function readEvaluations(db: Database, ids: readonly string[]): Promise<Map<string, EvaluationDetail>> {
  const known = ids.filter(isId);
  if (known.length === 0) return new Map();
  // one statement, so that all figures are of one moment: 6 ms of an evaluation of 28,748 examples in 77 shards, on a busy machine
  // (npm run bench:work)
  const rows = await db.sql
    .selectFrom('Evaluation as e')
    .innerJoin('Checkpoint as c', 'c.id', 'e.checkpointId')
    .selectAll('e')
    .select(({ fn }) => fn.toJson('c').as('checkpoint'))
    .select([TASKS.as('tasks'), RESULTS.as('results'), FILES.as('files'), RUNNING.as('running'), SHARDS.as('shards')])
    .select(PLACE.as('place'))
    .where('e.id', 'in', known)
    .execute();
  return new Map(
    rows.map(({ checkpoint, tasks, results, files, running, shards, place, ...row }) => [
      row.id,
      {
        ...evaluationOf(row),
        checkpoint: checkpointOf(checkpoint),
        tasks: tasks.map((task) => taskOf(task, running)),
        results,
        bytesStored: Number(files?.bytesStored ?? 0),
        bytesTotal: Number(files?.bytesTotal ?? 0),
        ...progressOf(running, shards ?? NOTHING),
        lastSignOfLife: shards?.lastSignOfLife ? new Date(shards.lastSignOfLife) : null,
        place: place === null ? null : Number(place),
      },
    ]),
  );
}

export async function readEvaluation(db: Database, id: string): Promise<EvaluationDetail | null> {
  return (await readEvaluations(db, [id])).get(id.toLowerCase()) ?? null;
}

const NOTHING = { rowsDone: null, rowsTotal: null, pace: null };

type StoredTask = Omit<EvaluationTaskRow, 'edition'> & {
  readonly editionState: EditionState | null;
  readonly edition: string | null;
  readonly editionOf: number | null;
};

function taskOf(
  { editionState, edition, editionOf, ...task }: StoredTask,
  running: readonly Running[],
): EvaluationTaskRow {
  return {
    ...task,
    examplesDone: task.examplesDone + scoredOf(task.task, running),
    edition: editionState && { state: editionState, name: edition, examples: task.examples, of: editionOf },
  };
}
