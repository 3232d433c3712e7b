export { type Claimant, type ClaimedWork, claim } from './work/claim.ts';
export { type Failure, fail } from './work/fail.ts';
export { heartbeat } from './work/heartbeat.ts';
export type { Held } from './work/held.ts';
export { release } from './work/release.ts';
export { type Swept, sweep } from './work/sweep.ts';
export { isWorkTaken } from './work/taken.ts';
