export type { Ask, ClaimedPlan } from './planning/claimed.ts';
export { type Plan, type PlannedTask, plan } from './planning/plan.ts';
