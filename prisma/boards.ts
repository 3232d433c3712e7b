export { type BoardAsk, ensureBoard } from './boards/ensure.ts';
export { measureBoard } from './boards/measure.ts';
export { type BoardRow, countRows, type MeasurementRow, readBoards } from './boards/read.ts';
