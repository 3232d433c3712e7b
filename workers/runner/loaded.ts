import type { WarmProcess } from '../child/warm.ts';

/** Which evaluation's model this worker has loaded. */
export interface Loaded {
  /** The process of this key is used for the evaluation. */
  note(key: string, evaluationId: string): void;
  /** Null where no process is kept, or one of another. */
  evaluation(): string | null;
}

export function createLoaded(warm: Pick<WarmProcess, 'holds'>): Loaded {
  let noted: { key: string; evaluationId: string } | undefined;
  return {
    note(key, evaluationId) {
      noted = { key, evaluationId };
    },
    evaluation: () => (noted && warm.holds(noted.key) ? noted.evaluationId : null),
  };
}
