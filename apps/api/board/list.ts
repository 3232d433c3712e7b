import { BOARD_PROTOCOLS, isProtocol, PROTOCOLS } from '@gdbench/benchmark/protocol';
import type { Sort } from '@gdbench/prisma/leaderboard';
import { badInput } from '../graphql/errors.ts';

/** One list of the board: which rows, in which order. */
export interface BoardList {
  /** Slug; null: the first board. */
  readonly board: string | null;
  /** Its number; null: the present one. */
  readonly measurement: number | null;
  /** Of one protocol; null: of the board's own. */
  readonly protocol: string | null;
  /** Null: by rank. */
  readonly sort: Sort | null;
}

/** Protocols whose rows stand in the list. */
export function protocolsOf({ protocol }: BoardList): readonly string[] {
  return protocol === null ? BOARD_PROTOCOLS : [protocol];
}

interface Asked {
  readonly board?: string | null | undefined;
  readonly measurement?: number | null | undefined;
  readonly protocol?: string | null | undefined;
  readonly sort?: string | null | undefined;
  readonly descending?: boolean | null | undefined;
}

/** The list that a query asks for; whether its column is there only the board knows. */
export function listOf({ board, measurement, protocol, sort, descending }: Asked): BoardList {
  if (protocol != null && !isProtocol(protocol))
    throw badInput(`protocol is "${protocol.slice(0, 60)}": give one of ${PROTOCOLS.join(', ')}.`);
  if (sort == null && descending === false)
    throw badInput('descending is false, and no column to sort by is given: give one of `metrics` as sort.');
  return {
    board: board ?? null,
    measurement: measurement ?? null,
    protocol: protocol ?? null,
    sort: sort == null ? null : { column: sort, descending: descending !== false },
  };
}

/** No such column, or none that anything was measured in. */
export function noColumn(column: string): Error {
  return badInput(`sort is "${column.slice(0, 60)}", which is no column of this list: give one of its \`metrics\`.`);
}

/** No board has the slug. */
export function noBoard(slug: string | null): Error {
  return badInput(`board is "${(slug ?? '').slice(0, 60)}", which is no board: give the slug of one of \`boards\`.`);
}

/** The board has no measurement of this number. */
export function noMeasurement(number: number): Error {
  return badInput(`measurement is ${number}, and the board has none of this number: give one of its \`measurements\`.`);
}
