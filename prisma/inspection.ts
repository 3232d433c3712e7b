export { type Acceptance, accept, type PlannedTask } from './inspection/accept.ts';
export type { ClaimedInspection } from './inspection/claimed.ts';
export { refuse } from './inspection/refuse.ts';
