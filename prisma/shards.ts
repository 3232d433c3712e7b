export type { ClaimedShard } from './shards/claimed.ts';
export { type Completion, complete } from './shards/complete.ts';
