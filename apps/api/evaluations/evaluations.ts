import { PUBLIC_STATES, type PublicState } from '@gdbench/benchmark/states';
import type { Database } from '@gdbench/prisma/database';
import {
  EvaluationCursorError,
  type EvaluationDetail,
  type EvaluationRow,
  listEvaluations,
  readEvaluation,
  readEvaluations,
} from '@gdbench/prisma/evaluations';
import { type LogLineRow, readLog } from '@gdbench/prisma/log';
import DataLoader from 'dataloader';
import { badInput } from '../graphql/errors.ts';
import type { EvaluationConnectionParent, EvaluationParent } from '../graphql/mappers.ts';

/** What is known of an evaluation without reading all of it. */
type Known = Omit<EvaluationParent, 'row' | 'detail' | 'log'>;

export interface Evaluations {
  /** The present state of one evaluation; null when there is none. */
  read(id: string): Promise<EvaluationParent | null>;
  /** An evaluation whose details are read only when they are asked for, together with those of its neighbours. */
  lazy(row: EvaluationRow): EvaluationParent;
  /** `first` evaluations from the newest on, or those after a cursor; in these states, or (null) in any. */
  page(first: number, after: string | null, states: readonly PublicState[] | null): Promise<EvaluationConnectionParent>;
}

export function createEvaluations(db: Database): Evaluations {
  /** Collects the evaluations asked for in one tick; keeps none, for they change. */
  const details = new DataLoader<string, EvaluationDetail>(
    async (ids) => {
      const found = await readEvaluations(db, ids);
      return ids.map((id) => found.get(id) ?? new Error(`Evaluation ${id} is gone.`));
    },
    { cache: false, maxBatchSize: 100 },
  );

  /** Read when it is asked for first. */
  const detailOnce = (id: string) => {
    let detail: Promise<EvaluationDetail> | undefined;
    return () => {
      detail ??= details.load(id);
      return detail;
    };
  };

  const parent = (
    known: Known,
    detail: () => Promise<EvaluationDetail>,
    row: () => Promise<EvaluationRow>,
  ): EvaluationParent => {
    const logs = new Map<number, Promise<readonly LogLineRow[]>>();
    return {
      ...known,
      row,
      detail,
      log: (last) => {
        const lines = logs.get(last) ?? readLog(db, known.id, last);
        logs.set(last, lines);
        return lines;
      },
    };
  };

  const lazy = (row: EvaluationRow) => parent(row, detailOnce(row.id), async () => row);

  return {
    async read(id) {
      const detail = await readEvaluation(db, id);
      if (!detail) return null;
      const read = async () => detail;
      return parent(detail, read, read);
    },
    lazy,
    async page(first, after, states) {
      const { listed, hasNextPage, endCursor } = await listEvaluations(db, {
        first,
        after,
        states: [...new Set(states ?? PUBLIC_STATES)],
      }).catch((error) => {
        throw error instanceof EvaluationCursorError ? badInput(error.message) : error;
      });
      const edges = listed.map(({ cursor, evaluation }) => ({ cursor, node: lazy(evaluation) }));
      return { edges, pageInfo: { hasNextPage, endCursor } };
    },
  };
}
