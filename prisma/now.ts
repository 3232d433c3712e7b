import { sql } from 'kysely';

/** The database's clock, which is the same for all machines: when the transaction began. */
export const now = sql<Date>`now()`;
