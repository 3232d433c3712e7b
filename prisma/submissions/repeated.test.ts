import { dataSetSha256 } from '@gdbench/benchmark/data-set';
import type { EndedState, UnfinishedState } from '@gdbench/benchmark/states';
import { beforeEach, expect, test } from 'vitest';
import { ASK, askFor, BOARD_ID } from '../../test/support/board.ts';
import { testFileDatabase } from '../../test/support/database.ts';
import { acceptAs, claimedInspection, newSubmission, scoreNext, submitStored } from '../../test/support/evaluation.ts';
import { type BoardAsk, measureBoard } from '../boards.ts';
import type { Database } from '../database.ts';
import { cancel, readEvaluation } from '../evaluations.ts';
import { refuse } from '../inspection.ts';
import { createSubmission, failUpload } from '../submissions.ts';

const database = testFileDatabase();

type Input = Parameters<typeof createSubmission>[1];
type Measured = Parameters<typeof createSubmission>[2];

beforeEach(() => askFor(database(), ASK));

const notAsked: Measured = () => Promise.reject(new Error('the data are asked for'));
const setOf = (versions: Record<string, string>) => dataSetSha256(new Map(Object.entries(versions)));
/** The data of now; none are known where there is none. */
const dataOf = (versions: Record<string, string>): Measured => {
  const dataSet = setOf(versions);
  return async () => dataSet && measureBoard(database(), BOARD_ID, dataSet);
};

/** Brings a submission that waits for its files, or for inspection, into a state. */
type Bring = (db: Database, evaluationId: string) => Promise<unknown>;

const UNDER_WAY: Record<UnfinishedState, Bring> = {
  UPLOADING: async () => undefined,
  INSPECTING: stored,
  QUEUED: async (db, id) => {
    await stored(db, id);
    await acceptAs(db, id);
  },
  SCORING: async (db, id) => {
    await UNDER_WAY.QUEUED(db, id);
    await scoreNext(db, id, 0.6);
  },
};

const STOPPED: Record<Exclude<EndedState, 'DONE'>, Bring> = {
  CANCELLED: (db, id) => cancel(db, 'anonymous', id),
  REFUSED: async (db, id) => {
    await stored(db, id);
    const claimed = await claimedInspection(db, id);
    const why = { fault: 'SUBMITTER', reason: 'It is none.', remedy: 'Export it again.' } as const;
    await refuse(db, claimed, why);
  },
  FAILED: (db, id) => failUpload(db, 'service', id, { reason: 'Its files never came.', remedy: 'Submit it again.' }),
};

/** Marks every file as stored, as its upload's end does. */
async function stored(db: Database, evaluationId: string): Promise<void> {
  const input = inputs.get(evaluationId);
  if (!input) throw new Error(`No input of ${evaluationId}.`);
  await createSubmission(db, { ...input, ...stores(input) }, notAsked);
}
const inputs = new Map<string, Input>();

async function inState(bring: Bring): Promise<{ input: Input; first: string }> {
  const input = newSubmission();
  const { evaluationId } = await createSubmission(database(), input, notAsked);
  inputs.set(evaluationId, input);
  await bring(database(), evaluationId);
  return { input, first: evaluationId };
}

async function evaluationsOf({ sha256 }: Input): Promise<number> {
  return database().prisma.evaluation.count({ where: { checkpoint: { sha256 } } });
}

test.each(Object.entries(UNDER_WAY))(
  'what is %s is the same submission, however many send it again at once',
  async (state, bring) => {
    const { input, first } = await inState(bring);
    expect(await readEvaluation(database(), first)).toMatchObject({ state });
    const again = await Promise.all(Array.from({ length: 6 }, () => createSubmission(database(), input, notAsked)));
    expect(new Set(again.map(({ evaluationId }) => evaluationId))).toEqual(new Set([first]));
    expect(again.every(({ isRepeated }) => isRepeated)).toBe(true);
    expect(await evaluationsOf(input)).toBe(1);
    expect(await readEvaluation(database(), first)).toMatchObject({ state });
  },
);

test.each(Object.entries(STOPPED))(
  'what is %s is tried anew, once, however many send it at once',
  async (state, bring) => {
    const { input, first } = await inState(bring);
    expect(await readEvaluation(database(), first)).toMatchObject({ state });
    const again = await Promise.all(Array.from({ length: 6 }, () => createSubmission(database(), input, notAsked)));
    expect(again.filter(({ isRepeated }) => !isRepeated)).toHaveLength(1);
    expect(again.map(({ evaluationId }) => evaluationId)).not.toContain(first);
    expect(await evaluationsOf(input)).toBe(2);
  },
);

test('another name or another protocol is another submission in every state', async () => {
  for (const bring of Object.values(UNDER_WAY)) {
    const { input, first } = await inState(bring);
    const others = [{ name: `${input.name} 2` }, { protocol: 'diffusion-itm-gray' }];
    for (const other of others) {
      const made = await createSubmission(database(), { ...input, ...other }, notAsked);
      expect(made).toMatchObject({ isRepeated: false });
      expect(made.evaluationId).not.toBe(first);
    }
  }
});

/** Done on clevr's data of version "a". */
async function done(name: string): Promise<{ input: Input; evaluationId: string }> {
  const { evaluationId } = await submitStored(database(), name);
  await acceptAs(database(), evaluationId, {
    shards: { clevr: [1] },
    dataVersion: 'a',
    dataSet: setOf({ clevr: 'a' })!,
  });
  await scoreNext(database(), evaluationId, 0.7);
  return { input: newSubmission(name), evaluationId };
}

test.each<[string, boolean, Partial<BoardAsk>, Record<string, string>]>([
  ['the data are those of now', true, {}, { clevr: 'a' }],
  ['the board has no data of its task any more', true, {}, {}],
  ['its task has other data now', false, {}, { clevr: 'b' }],
  ['the board has data of one more task now', false, {}, { clevr: 'a', pets: 'c' }],
  ['the board asks for other samples now', false, { samples: 6 }, { clevr: 'a' }],
  ['the board has another seed now', false, { seed: 1 }, { clevr: 'a' }],
  ['the board has a limit now', false, { limit: 10 }, { clevr: 'a' }],
])('what is done, where %s, is the same: %s', async (title, isSame, ask, now) => {
  const { input, evaluationId } = await done(`done, ${title}`);
  await askFor(database(), { ...ASK, ...ask });
  const again = await Promise.all(
    Array.from({ length: 4 }, () => createSubmission(database(), { ...input, ...stores(input) }, dataOf(now))),
  );
  expect(again.map((one) => one.evaluationId === evaluationId)).toEqual(again.map(() => isSame));
  expect(new Set(again.map((one) => one.evaluationId)).size).toBe(1);
  expect(await evaluationsOf(input)).toBe(isSame ? 1 : 2);
});

test('of several that are done, the newest on the data of now is given', async () => {
  const { input, evaluationId } = await done('done twice');
  const other = await createSubmission(database(), { ...input, ...stores(input) }, dataOf({ clevr: 'b' }));
  await acceptAs(database(), other.evaluationId, {
    shards: { clevr: [1] },
    dataVersion: 'b',
    dataSet: setOf({ clevr: 'b' })!,
  });
  await scoreNext(database(), other.evaluationId, 0.7);
  const on = async (version: string) => {
    const again = await createSubmission(database(), { ...input, ...stores(input) }, dataOf({ clevr: version }));
    return again.evaluationId;
  };
  expect([await on('b'), await on('a')]).toEqual([other.evaluationId, evaluationId]);
});

const stores = ({ files }: Input) => ({ storedHashes: new Set(files.map(({ sha256 }) => sha256)) });
