export { InspectJob, ScoreJob } from './jobs/payload.ts';
