import type { Command } from 'commander';
import { CliFault } from '../fault.ts';
import { findEvaluation } from '../server/find.ts';
import { ask, type ServerOptions, serverOf, serverOptions } from '../server/server.ts';

export function register(program: Command): void {
  const command = program
    .command('cancel')
    .description('end an evaluation that is under way, and take it off the board')
    .argument('<id>', 'id of a submission or of an evaluation');
  serverOptions(command, 'one JSON object for machines').action(cancel);
}

const CANCEL = `mutation ($id: ID!) { cancelEvaluation(id: $id) {
  __typename
  ... on CancelEvaluationSuccess { evaluation { state } }
  ... on UserError { message remedy }
} }`;

type Payload =
  | { __typename: 'CancelEvaluationSuccess'; evaluation: { state: string } }
  | { __typename: 'NotFoundError' | 'WrongStateError'; message: string; remedy: string };

interface Found {
  id: string;
  submissionId: string;
  checkpoint: { name: string };
}

async function cancel(id: string, options: ServerOptions): Promise<void> {
  const server = await serverOf(options);
  const found = await findEvaluation<Found>(server, id, 'id submissionId checkpoint { name }');
  const { cancelEvaluation: payload } = await ask<{ cancelEvaluation: Payload }>(server, CANCEL, { id: found.id });
  if (payload.__typename !== 'CancelEvaluationSuccess') throw new CliFault(`${payload.message} ${payload.remedy}`);
  const { submissionId, id: evaluationId } = found;
  const { state } = payload.evaluation;
  if (options.json) process.stdout.write(`${JSON.stringify({ submissionId, evaluationId, state })}\n`);
  else process.stdout.write(`${found.checkpoint.name} is cancelled.\n`);
}
