import { isSampled } from '@gdbench/benchmark/protocol';
import type { CheckpointFault } from '@gdbench/prisma/checkpoints';
import { cancel, type EvaluationDetail, type EvaluationRow } from '@gdbench/prisma/evaluations';
import { readArtifacts } from '@gdbench/prisma/scores';
import { evaluateAgain, readSubmission } from '@gdbench/prisma/submissions';
import { actorOf } from '../accounts/viewer.ts';
import { otherDataOf } from '../benchmark/other-data.ts';
import type { Resolvers, CheckpointFault as ToldFault } from '../generated/resolvers.ts';
import { badInput } from '../graphql/errors.ts';
import type { EvaluationParent } from '../graphql/mappers.ts';
import { storedSizes } from '../upload/stored-sizes.ts';
import { evaluationNotFound } from './not-found.ts';

const MOST_LOG_LINES = 1_000;
const MOST_LISTED = 100;

/** A resolver for a field that stands in the evaluation's details under the same name. */
const detail =
  <K extends keyof EvaluationDetail>(name: K) =>
  async (parent: EvaluationParent): Promise<EvaluationDetail[K]> =>
    (await parent.detail())[name];

/** One for a field that stands in its own row. */
const own =
  <K extends keyof EvaluationRow>(name: K) =>
  async (parent: EvaluationParent): Promise<EvaluationRow[K]> =>
    (await parent.row())[name];

/** Figures of the noise: null where the protocol samples none. */
const ofNoise = (name: 'samples' | 'seed') => async (parent: EvaluationParent) => {
  const evaluation = await parent.row();
  return evaluation.protocol === null || isSampled(evaluation.protocol) ? evaluation[name] : null;
};

export const evaluation: Resolvers = {
  Query: {
    evaluation: (_root, { id }, { services: { evaluations } }) => evaluations.read(id),
    evaluations(_root, { first, after, states }, { services: { evaluations } }) {
      if (first < 1 || first > MOST_LISTED)
        throw badInput(`first is ${first}: ask for 1 to ${MOST_LISTED} evaluations, and for further ones with after.`);
      return evaluations.page(first, after ?? null, states ?? null);
    },
  },
  Mutation: {
    async cancelEvaluation(_root, { id }, { services: { db, evaluations }, viewer }) {
      const outcome = await cancel(db, actorOf(viewer), id);
      const present = await evaluations.read(id);
      if (outcome === null || present === null) return evaluationNotFound(id);
      if (!outcome.ok)
        return {
          __typename: 'WrongStateError',
          code: 'EVALUATION_ENDED',
          message: `This evaluation has ended already: it is ${outcome.state}.`,
          remedy: 'There is nothing left to cancel.',
          state: outcome.state,
        };
      return { __typename: 'CancelEvaluationSuccess', evaluation: present };
    },
    async evaluateAgain(_root, { id }, { services: { db, evaluations, storage }, viewer }) {
      const before = await evaluations.read(id);
      if (before === null) return evaluationNotFound(id);
      const files = (await readSubmission(db, (await before.row()).submissionId))?.files ?? [];
      const stored = await storedSizes(storage, new Set(files.map(({ sha256 }) => sha256)));
      const outcome = await evaluateAgain(db, actorOf(viewer), id, new Set(stored.keys()));
      if (outcome === null) return evaluationNotFound(id);
      if (!outcome.ok)
        return {
          __typename: 'WrongStateError',
          code: 'EVALUATION_UNDER_WAY',
          message: `This evaluation has not ended: it is ${outcome.state}.`,
          remedy: 'Wait for its end, or cancel it first.',
          state: outcome.state,
        };
      const submission = await readSubmission(db, outcome.submissionId);
      if (submission === null) throw new Error(`Submission ${outcome.submissionId} is gone.`);
      return { __typename: 'EvaluateAgainSuccess', submission };
    },
  },
  Subscription: {
    evaluationProgress: {
      // ids are compared as text by the topics, and a UUID in capitals is the same id
      subscribe: (_root, { id }, { services: { live } }) => live.evaluation(id.toLowerCase()),
      resolve: (value: EvaluationParent | null) => value,
    },
  },
  Evaluation: {
    async board(parent, _args, { services: { boards } }) {
      const { slug } = (await parent.row()).board;
      const board = await boards.read(slug);
      if (board === null) throw new Error(`The board ${slug} is gone.`);
      return board;
    },
    measurement: own('measurement'),
    stateSince: own('stateSince'),
    submissionId: own('submissionId'),
    protocol: own('protocol'),
    samples: ofNoise('samples'),
    seed: ofNoise('seed'),
    limit: own('limit'),
    codeVersion: own('codeVersion'),
    retriedShards: own('retriedShards'),
    results: detail('results'),
    tasks: detail('tasks'),
    otherData: async (parent, _args, { services: { data } }) => otherDataOf((await parent.detail()).tasks, data),
    bytesTotal: detail('bytesTotal'),
    place: detail('place'),
    rowsPerSecond: detail('rowsPerSecond'),
    rowsDone: detail('rowsDone'),
    rowsTotal: detail('rowsTotal'),
    workers: detail('workers'),
    lastSignOfLife: detail('lastSignOfLife'),
    warnings: own('warnings'),
    createdAt: own('createdAt'),
    uploadedAt: own('uploadedAt'),
    inspectedAt: own('inspectedAt'),
    startedAt: own('startedAt'),
    finishedAt: own('finishedAt'),
    async bytesStored(parent, _args, { services: { db, uploads } }) {
      const { bytesStored, submissionId, state } = await parent.detail();
      if (state !== 'UPLOADING') return bytesStored;
      const files = (await readSubmission(db, submissionId))?.files ?? [];
      const arriving = files.filter((file) => !file.stored).map((file) => uploads.bytesReceived(file.id));
      return (await Promise.all(arriving)).reduce((sum, bytes) => sum + bytes, bytesStored);
    },
    async secondsLeft(parent) {
      const { state, rowsDone, rowsTotal, rowsPerSecond } = await parent.detail();
      if (state !== 'SCORING' || !rowsPerSecond) return null;
      return (rowsTotal - rowsDone) / rowsPerSecond;
    },
    async failure(parent) {
      const { fault, reason, remedy, faults } = await parent.row();
      return fault === null || reason === null
        ? null
        : { fault, message: reason, remedy: remedy ?? '', faults: (faults ?? []).map(faultOf) };
    },
    artifacts: ({ id }, _args, { services: { db } }) => readArtifacts(db, id),
    log(parent, { last }) {
      if (!Number.isInteger(last) || last < 1 || last > MOST_LOG_LINES)
        throw badInput(`log(last: ${last}): ask for 1 to ${MOST_LOG_LINES} lines.`);
      return parent.log(last);
    },
  },
};

function faultOf({ remedyParts, ...fault }: CheckpointFault): ToldFault {
  return {
    ...fault,
    remedyParts: remedyParts.map((part) =>
      'words' in part ? { __typename: 'RemedyWords', ...part } : { __typename: 'RemedyCommand', ...part },
    ),
  };
}
