export { sweep } from './sweep/sweep.ts';
export type { Swept } from './sweep/swept.ts';
