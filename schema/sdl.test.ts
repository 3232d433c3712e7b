import { buildSchema, parse, specifiedRules, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { each } from '../test/support/each.ts';
import { readSdl } from './sdl.ts';

const schema = buildSchema(readSdl());

/** What others script against; these operations must stay valid for ever. */
const STABLE = [
  `query ($first: Int, $after: String) { leaderboard(first: $first, after: $after) { boardVersion metrics edges { cursor
    node { checkpoint { id name kind } evaluation { id state shardsDone shardsTotal } values lows highs counts } }
    pageInfo { hasNextPage endCursor } } }`,
  'query ($id: ID!) { submission(id: $id) { id } }',
  'query ($id: ID!) { evaluation(id: $id) { id state shardsDone shardsTotal results { task metric value low high n } } }',
  '{ tasks { name } }',
  'mutation ($input: SubmitCheckpointInput!) { submitCheckpoint(input: $input) { __typename } }',
  'subscription ($id: ID!) { evaluationProgress(id: $id) { id state } }',
  'subscription { leaderboardChanged { boardVersion } }',
];

describe('the public contract', () => {
  it.each(STABLE)('keeps %s', (operation) => {
    expect(validate(schema, parse(operation), specifiedRules)).toEqual([]);
  });

  it('names the states of the flow', () => {
    const states = schema.getType('EvaluationState');
    expect('getValues' in states! && states.getValues().map(({ name }) => name)).toEqual([
      'UPLOADING',
      'INSPECTING',
      'REFUSED',
      'QUEUED',
      'SCORING',
      'DONE',
      'FAILED',
      'CANCELLED',
    ]);
  });

  it('gives every error a code, a sentence and a remedy', () => {
    const errors = Object.values(schema.getTypeMap()).filter(({ name }) => /Error$/.test(name) && name !== 'UserError');
    for (const type of each(errors))
      expect('getInterfaces' in type && type.getInterfaces().map(({ name }) => name)).toContain('UserError');
  });
});
