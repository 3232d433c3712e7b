export { postponeSummary } from './chores/add.ts';
export { failSummary } from './chores/fail.ts';
export { SummariseChore } from './chores/summary.ts';
