import { setTimeout } from 'node:timers/promises';
import { hasEnded } from '@gdbench/benchmark/states';
import { OperationRefused } from '@gdbench/schema/ask';
import { printable } from '@gdbench/storage/printable';
import type { Command } from 'commander';
import { CliFault, refusal } from '../fault.ts';
import { EvaluationProgressDocument, NameOfEvaluationDocument } from '../generated/graphql.ts';
import { describe, type Evaluation, type Failure, tableOf } from '../server/evaluation.ts';
import { scoredOn } from '../server/scored-on.ts';
import { type Server, type ServerOptions, serverOf, serverOptions } from '../server/server.ts';

export function register(program: Command): void {
  const command = program
    .command('watch')
    .description('follow an evaluation to its end')
    .argument('<id>', 'id of a submission or of an evaluation');
  serverOptions(command, 'one JSON object a change, for machines').action(watch);
}

async function watch(id: string, options: ServerOptions): Promise<void> {
  const { findEvaluation } = await import('../server/find.ts');
  const server = await serverOf(options);
  const evaluation = await findEvaluation(server, id, NameOfEvaluationDocument);
  await follow(server, evaluation.id, { json: options.json === true });
}

export interface FollowOptions {
  json: boolean;
  /** With --json: prints one line at the end, made of its last state, and none before. */
  lastLine?(evaluation: Evaluation): unknown;
}

/** Follows an evaluation to its end and shows it. Throws CliFault unless it ends as DONE. */
export async function follow(server: Server, evaluationId: string, options: FollowOptions): Promise<void> {
  const { json, lastLine } = options;
  const show = json ? jsonView(lastLine === undefined) : await readerView();
  let last: Evaluation | undefined;
  try {
    for await (const evaluation of changes(server, evaluationId, show.lost)) {
      last = evaluation;
      show.change(evaluation);
      if (hasEnded(evaluation.state)) break;
    }
  } finally {
    show.end();
  }
  if (json && lastLine && last) printJson(lastLine(last), last);
  if (last?.state === 'DONE') {
    if (!json) process.stdout.write(`${tableOf(last, await scoredOn(server, last))}\n`);
    return;
  }
  if (last?.failure) throw new CliFault(await inOneLine(last.failure));
  if (last?.state === 'CANCELLED')
    throw new CliFault('The evaluation was cancelled: submit the checkpoint again to have it scored.');
  throw new CliFault('The server ended the connection before the evaluation was done: run the same command again.');
}

/** One object on stdout; of a checkpoint that was refused it says so, and tells every fault. */
function printJson(value: unknown, { state, failure }: Evaluation): void {
  const refused = state === 'REFUSED' && failure ? refusal(failure.faults) : {};
  process.stdout.write(`${JSON.stringify({ ...(value as object), ...refused })}\n`);
}

/** All faults of the checkpoint's files; of an evaluation that failed otherwise, why. */
async function inOneLine({ message, remedy, faults }: Failure): Promise<string> {
  const { oneLine } = await import('@gdbench/workers/engine/fault');
  return faults.length > 0 ? oneLine(faults) : `${message} ${remedy}`;
}

/** The evaluation now and after each change; a lost connection is made anew until the server is there again. */
async function* changes(server: Server, id: string, onLost: () => void): AsyncGenerator<Evaluation> {
  const [{ createClient }, { WebSocket }, { follow: followOperation }] = await Promise.all([
    import('graphql-ws'),
    import('ws'),
    import('@gdbench/schema/follow'),
  ]);
  const client = createClient({
    url: `${server.url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    ...(server.token ? { connectionParams: { authorization: `Bearer ${server.token}` } } : {}),
    keepAlive: 10_000,
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: (retries) => {
      if (retries === 0) onLost();
      // drawn at random, so that those who watch do not all come back at the same moment
      return setTimeout(Math.min(5_000, 250 * 2 ** retries) * (0.5 + Math.random() / 2));
    },
    shouldRetry: () => true,
  });
  try {
    const progress = followOperation(client, EvaluationProgressDocument, { id });
    for await (const { evaluationProgress } of progress) if (evaluationProgress) yield evaluationProgress;
  } catch (error) {
    throw error instanceof OperationRefused ? new CliFault(`The server answered: ${error.message}`) : error;
  } finally {
    await client.dispose();
  }
}

interface View {
  change(evaluation: Evaluation): void;
  lost(): void;
  end(): void;
}

function jsonView(everyChange: boolean): View {
  return {
    change(evaluation) {
      if (everyChange) printJson(evaluation, evaluation);
    },
    lost() {},
    end() {},
  };
}

/** A bar that fills on a terminal, a line for every new step elsewhere. */
async function readerView(): Promise<View> {
  const { startProgress } = await import('../terminal/progress.ts');
  let bar: ReturnType<typeof startProgress> | undefined;
  let said = '';
  const isTerminal = process.stderr.isTTY === true;
  const say = (step: string, line: string) => {
    if (step === said) return;
    said = step;
    process.stdout.write(`${printable(line)}\n`);
  };
  return {
    change(evaluation) {
      if (evaluation.state !== 'SCORING') bar?.end();
      if (evaluation.state !== 'SCORING' || !isTerminal) {
        const { state, shardsDone, place, checkpoint } = evaluation;
        say(`${state} ${shardsDone} ${place}`, `${checkpoint.name}: ${describe(evaluation)}`);
      }
      if (!isTerminal || evaluation.state !== 'SCORING') return;
      bar ??= startProgress('Scoring', evaluation.rowsTotal, (rows) => `${Math.round(rows)} rows`, { silent: false });
      bar.set(evaluation.rowsDone);
    },
    lost() {
      process.stderr.write('The connection to the server was lost; trying again.\n');
    },
    end: () => bar?.end(),
  };
}
