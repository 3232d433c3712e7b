import type { Sql } from '../transaction.ts';
import { measuredIn, unmeasuredIn } from './by-column.ts';
import { ranked, unranked } from './by-rank.ts';
import type { Place, Sort } from './cursor.ts';
import type { Tier, Wanted } from './tier.ts';

/** An order is a list of tiers: all rows of one come before those of the next. */
function tiersOf(sort: Sort | null): readonly Tier[] {
  if (sort === null) return [ranked, unranked];
  return [measuredIn(sort, true), measuredIn(sort, false), unmeasuredIn(sort)];
}

/**
 * Places of a list of the board, of rows of these protocols.
 *
 * @param sort null: by rank
 * @param after null: from the first on
 */
export async function readPlaces(
  sql: Sql,
  { measurementId, protocols, most, after, sort }: Wanted & { readonly sort: Sort | null },
): Promise<Place[]> {
  const places: Place[] = [];
  for (const [tier, read] of tiersOf(sort).entries()) {
    if (places.length === most) break;
    if (after && tier < after.tier) continue;
    const wanted = { measurementId, protocols, most: most - places.length, after: tier === after?.tier ? after : null };
    for (const { value, evaluationId } of await read(sql, wanted)) places.push({ tier, value, evaluationId });
  }
  return places;
}
