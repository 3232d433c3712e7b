import { PUBLIC_STATES } from '@gdbench/benchmark/states';
import { printable } from '@gdbench/storage/printable';
import type { Command } from 'commander';
import { CliFault } from '../fault.ts';
import { whole } from '../flags/whole.ts';
import { ListEvaluationsDocument, type ListEvaluationsQuery } from '../generated/graphql.ts';
import type { Evaluation } from '../server/evaluation.ts';
import { askServer, type ServerOptions, serverOf, serverOptions } from '../server/server.ts';
import { aligned } from '../terminal/table.ts';

interface ListOptions extends ServerOptions {
  first: string;
  after?: string;
  state?: string;
}

const MOST = 100;
const FIRST = '20';

export function register(program: Command): void {
  const command = program
    .command('list')
    .description('the evaluations of a leaderboard, newest first, those that were refused or failed too')
    .option('--state <states>', `only those in these states, separated by commas: ${PUBLIC_STATES.join(', ')}`)
    .option('--first <n>', `how many, 1 to ${MOST}`, FIRST)
    .option('--after <cursor>', 'the page after the one that ended with this');
  serverOptions(command, 'the page as one JSON object for machines').action(list);
}

type Listed = ListEvaluationsQuery['evaluations']['edges'][number]['node'];

async function list(options: ListOptions): Promise<void> {
  const server = await serverOf(options);
  const states = statesOf(options.state);
  const first = whole('--first', options.first, 1, MOST);
  const { evaluations } = await askServer(server, ListEvaluationsDocument, {
    first,
    after: options.after ?? null,
    states,
  });
  const listed = evaluations.edges.map(({ node }) => node);
  const { hasNextPage, endCursor } = evaluations.pageInfo;
  if (options.json) process.stdout.write(`${JSON.stringify({ evaluations: listed, hasNextPage, endCursor })}\n`);
  else process.stdout.write(`${shown(listed)}\n${hasNextPage ? `\nMore: ${next(options, endCursor)}\n` : ''}`);
}

/** @throws CliFault with exit code 2. */
function statesOf(given: string | undefined): Evaluation['state'][] | null {
  if (given === undefined) return null;
  return given.split(',').map((word) => {
    const state = PUBLIC_STATES.find((one) => one === word.trim().toUpperCase());
    if (state) return state;
    throw new CliFault(`--state names "${word}", which is no state: give some of ${PUBLIC_STATES.join(', ')}.`, 2);
  });
}

function shown(listed: readonly Listed[]): string {
  if (listed.length === 0) return 'There is no such evaluation.';
  const rows = listed.map((one) => [
    one.createdAt.slice(0, 16).replace('T', ' '),
    one.state,
    one.checkpoint.name,
    one.protocol ?? '',
    one.submissionId,
    note(one),
  ]);
  return aligned([['submitted (UTC)', 'state', 'name', 'protocol', 'id', ''], ...rows]);
}

function note({ state, shardsDone, shardsTotal, failure }: Listed): string {
  if (failure) return printable(failure.message);
  return state === 'SCORING' ? `${shardsDone} of ${shardsTotal} shards` : '';
}

/** The command that shows the page after this one. */
function next({ state, first, server }: ListOptions, endCursor: string | null): string {
  const words = ['npx gdbench list'];
  if (server) words.push(`--server ${server}`);
  if (state) words.push(`--state ${state}`);
  if (first !== FIRST) words.push(`--first ${first}`);
  return `${words.join(' ')} --after ${endCursor}`;
}
