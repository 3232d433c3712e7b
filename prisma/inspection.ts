export { accept } from './inspection/accept.ts';
export type { ClaimedInspection, NextScoring } from './inspection/claimed.ts';
export { refuse } from './inspection/refuse.ts';
