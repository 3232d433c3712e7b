import type { Database } from '@gdbench/prisma/database';
import {
  type EvaluationDetail,
  type LogLineRow,
  readEvaluation,
  readEvaluations,
  readLog,
} from '@gdbench/prisma/submissions';
import DataLoader from 'dataloader';
import type { EvaluationParent } from '../graphql/mappers.ts';

/** What is known of an evaluation without reading all of it. */
type Known = Omit<EvaluationParent, 'detail' | 'log'>;

export interface Evaluations {
  /** The present state of one evaluation; null when there is none. */
  read(id: string): Promise<EvaluationParent | null>;
  /** An evaluation whose details are read only when they are asked for, together with those of its neighbours. */
  lazy(known: Known): EvaluationParent;
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

  const parent = (known: Known, detail: () => Promise<EvaluationDetail>): EvaluationParent => {
    const logs = new Map<number, Promise<readonly LogLineRow[]>>();
    return {
      ...known,
      detail,
      log: (last) => {
        const lines = logs.get(last) ?? readLog(db, known.id, last);
        logs.set(last, lines);
        return lines;
      },
    };
  };

  return {
    async read(id) {
      const detail = await readEvaluation(db, id);
      return detail && parent(detail, () => Promise.resolve(detail));
    },
    lazy(known) {
      let detail: Promise<EvaluationDetail> | undefined;
      return parent(known, () => {
        detail ??= details.load(known.id);
        return detail;
      });
    },
  };
}
