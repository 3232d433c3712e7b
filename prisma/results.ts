export { summariseTask } from './results/summarise.ts';
