import type { IncomingMessage } from 'node:http';
import type { Database } from '@gdbench/prisma/database';
import type { Storage } from '@gdbench/storage/storage';
import type { Viewer } from '../accounts/viewer.ts';
import type { BenchmarkData } from '../benchmark/data.ts';
import type { Board } from '../board/board.ts';
import type { Boards } from '../board/boards.ts';
import type { Comparisons } from '../comparison/comparisons.ts';
import type { Evaluations } from '../evaluations/evaluations.ts';
import type { Live } from '../live/live.ts';
import type { Uploads } from '../upload/uploads.ts';

/** What resolvers ask; the same for all operations. */
export interface Services {
  readonly db: Database;
  readonly storage: Storage;
  readonly evaluations: Evaluations;
  readonly board: Board;
  readonly boards: Boards;
  readonly comparisons: Comparisons;
  readonly live: Live;
  readonly uploads: Uploads;
  readonly data: BenchmarkData;
  /** Where the pages are; null where nobody said. */
  readonly webUrl: string | null;
}

/** What an operation runs with. */
export interface Context {
  readonly services: Services;
  readonly viewer: Viewer;
}

/** Makes the context of a request, or of the socket that it opened. */
export type ContextOf = (request: IncomingMessage) => Context;
