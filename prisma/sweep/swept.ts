export interface Swept {
  /** Shards and inspections that were put back into the queue. */
  readonly requeued: number;
  /** Evaluations that failed, because a shard or inspection was lost too often. */
  readonly failed: number;
}
