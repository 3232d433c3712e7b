import type { Command } from 'commander';
import { CliFault } from '../fault.ts';
import { CancelEvaluationDocument, NameOfEvaluationDocument } from '../generated/graphql.ts';
import { findEvaluation } from '../server/find.ts';
import { askServer, type ServerOptions, serverOf, serverOptions } from '../server/server.ts';

export function register(program: Command): void {
  const command = program
    .command('cancel')
    .description('end an evaluation that is under way, and take it off the board')
    .argument('<id>', 'id of a submission or of an evaluation');
  serverOptions(command, 'one JSON object for machines').action(cancel);
}

async function cancel(id: string, options: ServerOptions): Promise<void> {
  const server = await serverOf(options);
  const found = await findEvaluation(server, id, NameOfEvaluationDocument);
  const { cancelEvaluation: payload } = await askServer(server, CancelEvaluationDocument, {
    id: found.id,
  });
  if (payload.__typename !== 'CancelEvaluationSuccess') throw new CliFault(`${payload.message} ${payload.remedy}`);
  const { submissionId, id: evaluationId } = found;
  const { state } = payload.evaluation;
  if (options.json) process.stdout.write(`${JSON.stringify({ submissionId, evaluationId, state })}\n`);
  else process.stdout.write(`${found.checkpoint.name} is cancelled.\n`);
}
