import type { Sql } from '../transaction.ts';
import type { Place } from './cursor.ts';

/** Which rows of a tier are asked for. */
export interface Wanted {
  /** Rows of other measurements never stand in the same list. */
  readonly measurementId: string;
  readonly protocols: readonly string[];
  /** Rows at most. */
  readonly most: number;
  /** Rows after this one; null: from the tier's first. */
  readonly after: Place | null;
}

/** One tier's rows, in its order. */
export type Tier = (sql: Sql, wanted: Wanted) => Promise<Omit<Place, 'tier'>[]>;
