export type { ClaimedShard } from './shards/claimed.ts';
export { type Completion, complete } from './shards/complete.ts';
export { examplesIn } from './shards/examples.ts';
