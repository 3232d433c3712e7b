import type { Command } from 'commander';
import { CliFault } from '../fault.ts';
import { EvaluateAgainDocument, NameOfEvaluationDocument } from '../generated/graphql.ts';
import { describe } from '../server/evaluation.ts';
import { findEvaluation } from '../server/find.ts';
import { askServer, type ServerOptions, serverOf, serverOptions, submissionPage } from '../server/server.ts';

interface AgainOptions extends ServerOptions {
  wait?: boolean;
}

export function register(program: Command): void {
  const command = program
    .command('again')
    .description('evaluate once more what has ended: the same checkpoint, name and protocol, without sending its files')
    .argument('<id>', 'id of a submission or of an evaluation')
    .option('--wait', 'follow the evaluation to its end');
  serverOptions(command, 'one JSON object for machines').action(again);
}

async function again(id: string, options: AgainOptions): Promise<void> {
  const server = await serverOf(options);
  const found = await findEvaluation(server, id, NameOfEvaluationDocument);
  const { evaluateAgain: payload } = await askServer(server, EvaluateAgainDocument, { id: found.id });
  if (payload.__typename !== 'EvaluateAgainSuccess') throw new CliFault(`${payload.message} ${payload.remedy}`);
  const { id: submissionId, evaluation } = payload.submission;
  const url = await submissionPage(server, submissionId);
  const ids = { submissionId, evaluationId: evaluation.id, url };
  const silent = options.json === true;
  if (!silent) process.stdout.write(`${opening(found.checkpoint.name, submissionId, url, describe(evaluation))}\n`);
  else if (!options.wait) process.stdout.write(`${JSON.stringify(ids)}\n`);
  if (!options.wait) return;
  const { follow } = await import('./watch.ts');
  await follow(server, evaluation.id, { json: silent, lastLine: (ended) => ({ ...ids, ...ended }) });
}

function opening(name: string, submissionId: string, url: string | null, state: string): string {
  const command = `npx gdbench watch ${submissionId}`;
  const where = url === null ? `Watch it with: ${command}` : `Watch it at ${url}\nor with: ${command}`;
  return `"${name}" is evaluated again: it is ${state}.\n${where}`;
}
