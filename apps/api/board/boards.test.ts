import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ask } from '@gdbench/schema/ask';
import { openStorage } from '@gdbench/storage/storage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BoardBySlugDocument,
  BoardOfMeasurementDocument,
  type BoardOfMeasurementQueryVariables,
  BoardsDocument,
  CheckpointDocument,
  EvaluateAgainDocument,
  SubmitCheckpointDocument,
} from '../../../test/generated/graphql.ts';
import { startTestApi, type TestApi } from '../../../test/support/api.ts';
import { ASK, askFor } from '../../../test/support/board.ts';
import {
  acceptAs,
  finishAs,
  newSubmission,
  scoreNext,
  sha256,
  submitStored,
} from '../../../test/support/evaluation.ts';

let test: TestApi;
beforeAll(async () => {
  test = await startTestApi({ GDBENCH_SAMPLES: '7', GDBENCH_SEED: '3' });
});
afterAll(() => test.close());

const list = async (variables: BoardOfMeasurementQueryVariables) =>
  (await ask(test.url, BoardOfMeasurementDocument, variables)).leaderboard;
const namesOf = ({ edges }: Awaited<ReturnType<typeof list>>) => edges.map(({ node }) => node.checkpoint.name);
const again = async (id: string) => (await ask(test.url, EvaluateAgainDocument, { id })).evaluateAgain;

describe('the boards', () => {
  it('are one, which asks what the settings say; results of what it asked before stand apart', async () => {
    const { boards } = await ask(test.url, BoardsDocument, {});
    expect(boards).toEqual([
      {
        slug: 'builtin',
        title: 'GDBench',
        samples: 7,
        seed: 3,
        limit: null,
        rankingMetric: 'clevr.average',
        measurements: [],
      },
    ]);
    expect(await list({})).toMatchObject({ board: { slug: 'builtin' }, measurement: null, total: 0 });
    await finishAs(test.db, 'before', 0.9);
    await askFor(test.db, { ...ASK, samples: 8 });
    await finishAs(test.db, 'now', 0.1);
    const { board } = await ask(test.url, BoardBySlugDocument, { slug: 'builtin' });
    expect(board?.measurements).toEqual([
      { number: 2, samples: 8, seed: 0, limit: null, dataVersion: 'test', rows: 1, isPresent: true },
      { number: 1, samples: 7, seed: 3, limit: null, dataVersion: 'test', rows: 1, isPresent: false },
    ]);
    expect(namesOf(await list({}))).toEqual(['now']);
    const before = await list({ board: 'builtin', measurement: 1 });
    expect(before).toMatchObject({ measurement: { number: 1, isPresent: false }, total: 1 });
    expect(before.edges.map(({ node }) => node)).toEqual([
      {
        checkpoint: { name: 'before' },
        evaluation: {
          samples: 7,
          board: { slug: 'builtin', title: 'GDBench' },
          measurement: { number: 1, samples: 7, isPresent: false },
        },
      },
    ]);
  });

  it('are refused by name where there is none', async () => {
    expect((await ask(test.url, BoardBySlugDocument, { slug: 'none' })).board).toBeNull();
    const bad = (sentence: RegExp) => ({ errors: [{ message: expect.stringMatching(sentence) }] });
    await expect(list({ board: 'none' })).rejects.toMatchObject(bad(/board is "none", which is no board/));
    await expect(list({ measurement: 99 })).rejects.toMatchObject(bad(/measurement is 99/));
    const { name, files } = newSubmission();
    const { submitCheckpoint } = await ask(test.url, SubmitCheckpointDocument, {
      input: { name, files, board: 'none' },
    });
    expect(submitCheckpoint).toMatchObject({ __typename: 'InvalidInputError', code: 'BOARD_NOT_FOUND' });
  });
});

describe('evaluateAgain', () => {
  it('evaluates a known checkpoint without a byte, as a new submission of the same name', async () => {
    const ids = await finishAs(test.db, 'once more', 0.5);
    const storage = await openStorage(test.config.storage);
    for (const { path } of newSubmission('once more').files) {
      const at = join(test.home, randomUUID());
      await writeFile(at, `${path} of once more`);
      await storage.put(sha256(`${path} of once more`), at);
    }
    const outcome = await again(ids.evaluationId);
    if (outcome.__typename !== 'EvaluateAgainSuccess') throw new Error(outcome.message);
    const { submission } = outcome;
    expect(submission).toMatchObject({
      checkpoint: { name: 'once more' },
      files: [{ stored: true }, { stored: true }],
      evaluation: { state: 'QUEUED', protocol: 'diffusion-itm' },
    });
    expect(submission.id).not.toBe(ids.submissionId);
    expect(await again(submission.evaluation.id)).toMatchObject({ code: 'EVALUATION_UNDER_WAY', state: 'QUEUED' });
    await acceptAs(test.db, submission.evaluation.id, { shards: { clevr: [1] } });
    await scoreNext(test.db, submission.evaluation.id, 0.6);
    expect(namesOf(await list({})).filter((name) => name === 'once more')).toHaveLength(1);
  });

  it('waits for the files that are no longer there', async () => {
    const ids = await finishAs(test.db, 'gone', 0.5);
    expect(await again(ids.evaluationId)).toMatchObject({
      submission: { files: [{ stored: false }, { stored: false }], evaluation: { state: 'UPLOADING' } },
    });
  });

  it('refuses what is nothing', async () => {
    expect(await again('nonsense')).toMatchObject({ __typename: 'NotFoundError', code: 'EVALUATION_NOT_FOUND' });
  });
});

describe('a checkpoint', () => {
  it('is found by its id, by one that it had before, and under the name of its first submission', async () => {
    const { evaluationId } = await submitStored(test.db, 'first name');
    const { checkpointId } = await test.db.prisma.evaluation.findUniqueOrThrow({ where: { id: evaluationId } });
    const former = randomUUID();
    await test.db.prisma.formerId.create({ data: { id: former, becameId: checkpointId } });
    for (const id of [checkpointId, former, former.toUpperCase()])
      expect((await ask(test.url, CheckpointDocument, { id })).checkpoint).toMatchObject({
        id: checkpointId,
        name: 'first name',
        kind: null,
      });
    for (const id of ['junk', randomUUID()])
      expect((await ask(test.url, CheckpointDocument, { id })).checkpoint).toBeNull();
  });
});
