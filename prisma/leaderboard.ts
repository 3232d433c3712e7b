export { boardVersion } from './leaderboard/board-version.ts';
export { InvalidCursorError } from './leaderboard/order.ts';
export { type BoardCell, type BoardPage, type BoardRow, readBoard } from './leaderboard/read-board.ts';
export { type RankedRow, readRanked } from './leaderboard/read-ranked.ts';
