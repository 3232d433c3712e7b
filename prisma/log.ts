export { log, logInspection, type NewLogLine } from './log/add.ts';
export { type LogLineRow, readLog } from './log/read.ts';
