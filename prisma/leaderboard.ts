export { InvalidCursorError, type Sort } from './leaderboard/cursor.ts';
export { hasColumn } from './leaderboard/has-column.ts';
export { type BoardHead, readHead, readMeasurementId } from './leaderboard/head.ts';
export { type BoardPage, type BoardRow, readBoard } from './leaderboard/read-board.ts';
export type { BoardCell } from './leaderboard/read-cells.ts';
export type { RankedRow } from './leaderboard/read-ranked.ts';
