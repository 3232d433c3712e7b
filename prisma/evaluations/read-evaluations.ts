import { leadOfEvaluation, leadOfWork, WAITING } from '@gdbench/benchmark/states';
import { expressionBuilder, sql as fragment } from 'kysely';
import { jsonArrayFrom, jsonObjectFrom } from 'kysely/helpers/postgres';
import type { Database } from '../database.ts';
import type { DB } from '../generated/tables.ts';
import { isId } from '../id.ts';
import { KNOWN } from './known.ts';
import { progressOf, type Running, scoredOf } from './progress.ts';
import { type EditionState, type EvaluationDetail, type EvaluationTaskRow, evaluationOf } from './rows.ts';

const of = expressionBuilder<DB & { e: DB['Evaluation'] }, 'e'>();
const ofWork = expressionBuilder<DB & { e: DB['Evaluation']; w: DB['Work'] }, 'e' | 'w'>();

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
    .selectFrom('CheckpointFile as f')
    .select(({ fn }) => [
      fn.sum('f.size').filterWhere('f.stored', '=', true).as('bytesStored'),
      fn.sum('f.size').as('bytesTotal'),
    ])
    .whereRef('f.checkpointId', '=', 'e.checkpointId'),
);

/** The work `w` is of the evaluation, or is the inspection that it waits for. */
const isItsOwn = ofWork.or([
  ofWork('w.evaluationId', '=', ofWork.ref('e.id')),
  ofWork.and([
    ofWork('e.state', '=', WAITING),
    ofWork('w.evaluationId', 'is', null),
    ofWork('w.checkpointId', '=', ofWork.ref('e.checkpointId')),
  ]),
]);

/** What workers have in their hands. */
const RUNNING = jsonArrayFrom(
  of
    .selectFrom('Work as w')
    .leftJoin('Shard as s', 's.workId', 'w.id')
    .select(['w.workerId', 'w.done', 'w.startedAt', 'w.heartbeatAt', 's.task', 's.from', 's.to', 's.cost'])
    .where(isItsOwn)
    .where('w.state', '=', leadOfWork('claim').to),
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
    .where(isItsOwn),
);

/** Of one that waits: the place of its inspection among those that wait for a worker; null where that does not. */
const PLACE_OF_INSPECTION = of
  .selectFrom('Work as w')
  .select(({ selectFrom, fn }) => [
    selectFrom('Work as o')
      .select(fn.countAll().as('waiting'))
      .where('o.kind', '=', 'INSPECT')
      .where('o.state', 'in', leadOfWork('claim').from)
      .where(({ eb, refTuple }) => eb(refTuple('o.createdAt', 'o.id'), '<=', refTuple('w.createdAt', 'w.id')))
      .as('place'),
  ])
  .where('w.kind', '=', 'INSPECT')
  .whereRef('w.checkpointId', '=', 'e.checkpointId')
  .where('w.state', 'in', leadOfWork('claim').from)
  .limit(1);

/** A worker has work of the evaluation `e` or `o` in its hands. */
const isRunning = (id: 'e.id' | 'o.id') =>
  expressionBuilder<DB & { e: DB['Evaluation']; o: DB['Evaluation'] }, 'e' | 'o'>().exists((eb) =>
    eb
      .selectFrom('Work as w')
      .select('w.id')
      .whereRef('w.evaluationId', '=', id)
      .where('w.state', '=', leadOfWork('claim').to),
  );

/** Of one that waits to be scored: its place among those. */
const PLACE_IN_QUEUE = of
  .selectFrom('Evaluation as o')
  .select(({ fn }) => fn.countAll().as('waiting'))
  .whereRef('o.state', '=', 'e.state')
  .where(({ eb, refTuple }) => eb(refTuple('o.stateSince', 'o.id'), '<=', refTuple('e.stateSince', 'e.id')))
  .where(({ not }) => not(isRunning('o.id')));

const PLACE = of
  .case()
  .when(of('e.state', '=', WAITING))
  .then(PLACE_OF_INSPECTION)
  .when(of.and([of('e.state', 'in', leadOfEvaluation('begin').from), of.not(isRunning('e.id'))]))
  .then(PLACE_IN_QUEUE)
  .end();

/** The evaluations that exist among the ids, by id. */
export async function readEvaluations(db: Database, ids: readonly string[]): Promise<Map<string, EvaluationDetail>> {
  const known = ids.filter(isId);
  if (known.length === 0) return new Map();
  // one statement, so that all figures are of one moment: 6 ms of an evaluation of 28,748 examples in 77 shards
  // (npm run bench:work)
  const rows = await db.sql
    .selectFrom('Evaluation as e')
    .selectAll('e')
    .select(KNOWN)
    .select([TASKS.as('tasks'), RESULTS.as('results'), FILES.as('files'), RUNNING.as('running'), SHARDS.as('shards')])
    .select(PLACE.as('place'))
    .where('e.id', 'in', known)
    .execute();
  return new Map(
    rows.map(({ tasks, results, files, running, shards, place, ...row }) => [
      row.id,
      {
        ...evaluationOf(row),
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
