import { join } from 'node:path';
import { isExact, PROTOCOLS } from '@gdbench/benchmark/protocol';
import { TASK_NAMES, type TaskData } from '@gdbench/benchmark/task';
import { HEARTBEAT_SECONDS } from '@gdbench/prisma/lease';
import { type ClaimedShard, type Completion, complete, examplesIn } from '@gdbench/prisma/shards';
import { type Failure, fail, release } from '@gdbench/prisma/work';
import { z } from 'zod';
import { ChildEnded } from '../../child/ending.ts';
import { type WarmProcess, warmKey } from '../../child/warm.ts';
import { latentElements } from '../../engine/protocols/reduce.ts';
import { holdLease, Interrupted, unlessAborted } from '../../runner/lease.ts';
import { faultLine, firstLine, gigabytes } from '../../sentence.ts';
import { persist, renew, type Stage, say } from '../stage.ts';
import { checkpointFolder } from '../work-folder.ts';
import { checkScores } from './check-scores.ts';
import { ErrorsFlaw, keepErrors, withScratch } from './errors-file.ts';

class Unscored extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.error);
    this.failure = failure;
  }
}

const TaskName = z.enum(TASK_NAMES);
const Protocol = z.enum(PROTOCOLS);

const ERRORS_FILE = 'errors.gz';

const AGAIN = 'Evaluate it again; if it stops again, tell who runs this board.';

const UNKNOWN_REPORT: Failure = {
  error:
    'What inspection found in the checkpoint was stored by a version of the service that this worker does not know.',
  remedy: 'Evaluate it again, so that it is inspected anew.',
  fault: 'SERVICE',
  permanent: true,
};

/** Scores one shard in a child process and writes the result under the shard's lease. */
export async function scoreWork(stage: Stage, warm: WarmProcess, shard: ClaimedShard): Promise<void> {
  const { id: workId } = shard;
  let examplesDone = 0;
  try {
    await holdLease(
      {
        seconds: HEARTBEAT_SECONDS,
        renew: () => renew(stage, shard, examplesDone),
        stopping: stage.stopping,
        onError: (error) => stage.log.warn({ workId, error: String(error) }, 'the lease could not be renewed'),
      },
      async (signal) => {
        const data = await unlessAborted(dataOf(stage, shard), signal);
        const began = performance.now();
        const scored = await withScratch(stage.settings.work, (scratch) =>
          scoresOf(stage, warm, shard, data, scratch, signal, (done) => {
            examplesDone = done;
          }),
        );
        // the lease is still renewed while a database that is away makes the result wait
        await write(stage, shard, { ...scored, seconds: (performance.now() - began) / 1_000 });
      },
    );
  } catch (error) {
    await giveUp(stage, shard, error);
  } finally {
    warm.rest();
  }
}

async function dataOf({ data }: Stage, shard: ClaimedShard): Promise<TaskData> {
  const { limit, dataVersion } = shard;
  const task = TaskName.parse(shard.task);
  const present = await data.load(task, limit).catch((error) => {
    throw new Unscored({
      error: `The data of ${task} cannot be read: ${firstLine(error)}`,
      remedy: AGAIN,
      fault: 'SERVICE',
      permanent: false,
    });
  });
  if (present.dataVersion === dataVersion) return present;
  throw new Unscored({
    error: `The data of ${task} changed from version ${dataVersion} to ${present.dataVersion} while the checkpoint was being scored.`,
    remedy: 'Evaluate it again, so that all of it is scored on the same data.',
    fault: 'SERVICE',
    permanent: false,
  });
}

/** What a child gave for a shard, checked. */
type Scored = Pick<Completion, 'scores' | 'warnings' | 'errors'>;

async function scoresOf(
  stage: Stage,
  warm: WarmProcess,
  shard: ClaimedShard,
  data: TaskData,
  scratch: string,
  signal: AbortSignal,
  onProgress: (examplesDone: number) => void,
): Promise<Scored> {
  const { settings } = stage;
  const { checkpointSha256: sha256, files, samples, seed, limit, from, to, dataVersion } = shard;
  const { root, task } = data;
  const protocol = Protocol.parse(shard.protocol);
  const { report } = shard;
  if (report === null) throw new Unscored(UNKNOWN_REPORT);
  const kept = isExact(protocol) ? { protocol, latentElements: latentElements(report) } : undefined;
  const errorsFile = kept && join(scratch, ERRORS_FILE);
  const dir = await checkpointFolder(stage.storage, settings.work, { sha256, files });
  signal.throwIfAborted();
  const key = warmKey({ sha256, protocol, samples, seed });
  stage.loaded.note(key, shard.evaluationId);
  const child = await warm.take(key);
  const { batch, threads, device } = settings;
  // half, for weights and images are there too
  const memoryMb = Math.max(1, Math.floor(settings.memoryBytes / 2 / 2 ** 20));
  const asked = { dir, report, protocol, samples, seed, root, task, limit, dataVersion, from, to };
  const answer = await child.ask(
    { type: 'score', ...asked, batch, threads, device, memoryMb, errorsFile },
    { silenceSeconds: settings.exampleSeconds, signal, onProgress },
  );
  if (answer.type === 'failed') {
    const { message, remedy, fault, permanent } = answer;
    throw new Unscored({ error: message, remedy, fault, permanent });
  }
  if (answer.type !== 'scored') throw new Error('the child answered another question');
  const flaw = checkScores(data, from, to, answer.scores);
  if (flaw) throw new Unscored({ error: flaw, remedy: AGAIN, fault: 'SERVICE', permanent: false });
  const { warnings } = answer;
  const scores = answer.scores.map(({ index, scores: rows }, i) => ({
    index,
    example: data.examples[from + i]!.id,
    scores: rows,
  }));
  if (kept === undefined) return { scores, warnings };
  const of = { data, from, to, checkpointSha256: sha256, samples, seed, ...kept };
  const errors = await keepErrors(stage.storage, scratch, ERRORS_FILE, of).catch((error) => {
    if (!(error instanceof ErrorsFlaw)) throw error;
    throw new Unscored({ error: error.message, remedy: AGAIN, fault: 'SERVICE', permanent: false });
  });
  return { scores, warnings, errors };
}

async function write(stage: Stage, shard: ClaimedShard, completion: Completion): Promise<void> {
  const outcome = await persist(stage, () => complete(stage.db, shard, completion));
  if (outcome === 'fenced') throw new Interrupted('fenced');
  const line = `Scored ${examplesIn(shard)} in ${completion.seconds.toFixed(1)} s.`;
  await say(stage, shard, 'score', line);
}

/** Writes down why the shard was not scored: given back, lost, or failed. */
async function giveUp(stage: Stage, shard: ClaimedShard, error: unknown): Promise<void> {
  const examples = examplesIn(shard);
  if (stage.stopping.aborted || (error instanceof Interrupted && error.why === 'stopping')) {
    await persist(stage, () => release(stage.db, shard));
    await say(stage, shard, 'score', `Gave ${examples} back: the worker is stopping.`);
    return;
  }
  if (error instanceof Interrupted) {
    if (error.why === 'fenced')
      await say(stage, shard, 'score', `Lost the lease of ${examples}: another worker has it.`);
    return;
  }
  const failure = error instanceof Unscored ? error.failure : failureOf(error, shard);
  stage.log.warn({ evaluationId: shard.evaluationId, workId: shard.id, error: String(error) }, failure.error);
  const outcome = await persist(stage, () => fail(stage.db, shard, failure));
  // the sentence itself stands in the log already
  if (outcome === 'retry') await say(stage, shard, 'score', `${examples} will be tried again.`);
}

/** The sentence for an error that is not of the engine's own telling. */
function failureOf(error: unknown, { task, attempts }: ClaimedShard): Failure {
  if (!(error instanceof ChildEnded))
    return { error: `Scoring ${task} stopped: ${faultLine(error)}`, remedy: AGAIN, fault: 'SERVICE', permanent: false };
  const { ending } = error;
  if (ending.kind === 'memory')
    return {
      error: `Scoring ${task} needed more than ${gigabytes(ending.bytes)} of memory.`,
      remedy: 'Submit a smaller model or one in half precision.',
      fault: 'SERVICE',
      // once more in a fresh process, and no more
      permanent: attempts > 1,
    };
  if (ending.kind === 'time')
    return {
      error: `Scoring ${task} came no further for ${ending.seconds} seconds.`,
      remedy: 'Submit a smaller model, or ask for a faster worker.',
      fault: 'SERVICE',
      permanent: attempts > 1,
    };
  if (ending.kind === 'nonsense')
    return {
      error: `The process that ran the model on ${task} gave an answer that this worker does not know.`,
      remedy: AGAIN,
      fault: 'SERVICE',
      permanent: false,
    };
  return {
    error: `The process that ran the model on ${task} ended unexpectedly (${ending.detail}).`,
    remedy: AGAIN,
    fault: 'SERVICE',
    permanent: false,
    killed: ending.kind === 'killed',
  };
}
