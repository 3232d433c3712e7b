import { UNKNOWN_FOLDER } from '@gdbench/storage/remedy';
import { type BoardData, openBoardData } from '../board-data.ts';
import { CheckpointFault } from '../engine/checkpoint/fault.ts';
import { type Evaluator, openEvaluator, type ScoredExample } from '../engine/evaluate.ts';
import { inspectCheckpoint } from '../engine/inspect.ts';
import { writeErrors } from '../engine/protocols/artifact-writer.ts';
import { latentElements } from '../engine/protocols/reduce.ts';
import { faultLine, sentencesOfFaults } from '../sentence.ts';
import { type FromChild, type Request, ToChild } from './messages.ts';
import { startPulse } from './pulse.ts';

/*
 * The process in which an untrusted checkpoint's files are read and run. It holds no secrets, does one request at a time,
 * and keeps the evaluator of the last checkpoint warm.
 */

type Score = Extract<Request, { type: 'score' }>;

/** A block of many examples ends none of them for hours on a slow machine: its rows are a sign of life too. */
const PULSE_MS = 10_000;

const aborts = new Map<number, AbortController>();
let board: BoardData | undefined;
let warm: { key: string; evaluator: Evaluator } | undefined;
let queue = Promise.resolve();

process.on('disconnect', () => process.exit(0));
// Ctrl-C at a terminal reaches the whole group: the worker decides when we end
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

process.on('message', (raw) => {
  const message = ToChild.parse(raw);
  if (message.type === 'abort') {
    aborts.get(message.id)?.abort();
    return;
  }
  const abort = new AbortController();
  aborts.set(message.id, abort);
  queue = queue
    .then(() => (message.type === 'inspect' ? inspect(message) : score(message, abort.signal)))
    .catch((error) => failure(message.id, error))
    .then((answer) => {
      aborts.delete(message.id);
      send(answer);
    });
});

function send(message: FromChild): void {
  process.send?.(message);
}

async function inspect({ id, dir, device }: Extract<Request, { type: 'inspect' }>): Promise<FromChild> {
  let done = 0;
  const outcome = await inspectCheckpoint(dir, {
    // the folder is here; what its submitter calls it is not known
    name: UNKNOWN_FOLDER,
    device,
    onCheck: () => {
      done += 1;
      send({ type: 'progress', id, done });
    },
  });
  if (outcome.ok) return { type: 'accepted', id, report: outcome.report };
  const [first, ...more] = outcome.faults;
  return { type: 'refused', id, faults: [first, ...more] };
}

async function score(request: Score, signal: AbortSignal): Promise<FromChild> {
  const { id, task, from, to, errorsFile } = request;
  // a worker scores on one root all its life
  if (board?.root !== request.root) board = openBoardData(request.root);
  const data = await board.load(request.task, request.limit);
  if (data.dataVersion !== request.dataVersion)
    return {
      type: 'failed',
      id,
      message: `The data of ${task} on this worker is version ${data.dataVersion} and the evaluation was planned on ${request.dataVersion}.`,
      fault: 'SERVICE',
      remedy: 'Give every worker the same data root, then submit the checkpoint again.',
      permanent: false,
    };
  const evaluator = await evaluatorOf(request);
  let done = 0;
  const progress = () => send({ type: 'progress', id, done });
  const stopPulse = startPulse(() => rowsRun(evaluator), progress, PULSE_MS);
  const scoring = evaluator.scoreExamples(data, from, to, {
    signal,
    errors: errorsFile !== undefined,
    onExample: () => {
      done += 1;
      progress();
    },
  });
  const scores = await scoring.finally(stopPulse);
  if (errorsFile !== undefined) await leaveErrors(errorsFile, request, scores);
  return {
    type: 'scored',
    id,
    scores: scores.map(({ index, scores: rows }) => ({ index, scores: rows.map((row) => [...row]) })),
    warnings: [...evaluator.warnings],
  };
}

/** Rows that have come out of any of the checkpoint's graphs: images and texts of a block are encoded before its first pair. */
function rowsRun({ counts }: Evaluator): number {
  return Object.values(counts).reduce((sum, { rows }) => sum + rows, 0);
}

/** Writes the errors of all samples as a score artifact. */
async function leaveErrors(path: string, request: Score, scores: readonly ScoredExample[]): Promise<void> {
  const { report, task, dataVersion, samples, seed } = request;
  const writer = await writeErrors(path, {
    checkpointSha256: report.sha256,
    task,
    dataVersion,
    samples,
    seed,
    latentElements: latentElements(report),
  });
  try {
    await writer.append(scores.flatMap(({ index, example, errors }) => (errors ? [{ index, example, errors }] : [])));
  } finally {
    await writer.close();
  }
}

async function evaluatorOf(request: Score): Promise<Evaluator> {
  const { dir, report, protocol, samples, seed, batch, threads, device, memoryMb } = request;
  const key = JSON.stringify([dir, protocol, samples, seed, batch, threads, device]);
  if (warm?.key === key) return warm.evaluator;
  const former = warm;
  warm = undefined;
  await former?.evaluator.close();
  const evaluator = await openEvaluator({
    dir,
    report,
    protocol,
    samples,
    seed,
    memoryMb,
    // what is printed goes to the worker's log
    onLog: (line) => console.log(line),
    onChoice: ({ batch: rows, threads: each, sessions, seconds }) =>
      console.log(`Chosen in ${seconds.toFixed(1)} s: batch ${rows}, ${sessions} sessions of ${each} threads.`),
    ...(batch === undefined ? {} : { batch }),
    ...(threads === undefined ? {} : { threads }),
    ...(device === undefined ? {} : { device }),
  });
  warm = { key, evaluator };
  return evaluator;
}

function failure(id: number, error: unknown): FromChild {
  if (error instanceof CheckpointFault) {
    const { reason, remedy } = sentencesOfFaults(error.faults);
    return { type: 'failed', id, message: reason, remedy, fault: 'SUBMITTER', permanent: true };
  }
  return {
    type: 'failed',
    id,
    message: `The work on the model stopped: ${faultLine(error)}`,
    remedy: 'Evaluate it again; if it stops again, tell who runs this board.',
    fault: 'SERVICE',
    permanent: false,
  };
}
