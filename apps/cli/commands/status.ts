import { printable } from '@gdbench/storage/printable';
import type { Command } from 'commander';
import { EvaluationNowDocument } from '../generated/graphql.ts';
import { describe, type Failure, tableOf } from '../server/evaluation.ts';
import { findEvaluation } from '../server/find.ts';
import { scoredOn } from '../server/scored-on.ts';
import { type ServerOptions, serverOf, serverOptions, submissionPage } from '../server/server.ts';

export function register(program: Command): void {
  const command = program
    .command('status')
    .description('how an evaluation stands now, without waiting')
    .argument('<id>', 'id of a submission or of an evaluation');
  serverOptions(command, 'the evaluation as one JSON object for machines')
    .addHelpText('after', '\nExits with 0 whatever the state; gdbench watch exits with 1 where it does not end well.')
    .action(status);
}

async function status(id: string, options: ServerOptions): Promise<void> {
  const server = await serverOf(options);
  const evaluation = await findEvaluation(server, id, EvaluationNowDocument);
  const url = await submissionPage(server, evaluation.submissionId);
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ ...evaluation, url })}\n`);
    return;
  }
  const { checkpoint, failure, results } = evaluation;
  const lines = [`${checkpoint.name}: ${describe(evaluation)}`];
  if (failure) lines.push(...whatIsWrong(failure));
  if (results.length > 0) lines.push(tableOf(evaluation, await scoredOn(server, evaluation)));
  if (url) lines.push(url);
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** A line for each fault of the checkpoint's files; of an evaluation that failed otherwise, why. */
function whatIsWrong({ message, remedy, faults }: Failure): string[] {
  const sentences = faults.length > 0 ? faults.map((fault) => fault.message) : [`${message} ${remedy}`];
  return sentences.map((sentence) => printable(sentence));
}
