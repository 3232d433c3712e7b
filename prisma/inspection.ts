export { type Acceptance, accept, type PlannedShard, type PlannedTask } from './inspection/accept.ts';
export { type ClaimedInspection, claimInspection } from './inspection/claim.ts';
export { failInspection, refuse } from './inspection/end.ts';
export { releaseInspection } from './inspection/release.ts';
export { renewInspection } from './inspection/renew.ts';
