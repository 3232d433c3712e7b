export { type ClaimedShard, claim } from './shards/claim.ts';
export { type Completion, complete } from './shards/complete.ts';
export { type Failure, fail } from './shards/fail.ts';
export { heartbeat } from './shards/heartbeat.ts';
export { release } from './shards/release.ts';
