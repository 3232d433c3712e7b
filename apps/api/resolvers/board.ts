import type { BoardRow } from '@gdbench/prisma/boards';
import type { Resolvers } from '../generated/resolvers.ts';
import type { MeasurementParent } from '../graphql/mappers.ts';

export const board: Resolvers = {
  Query: {
    boards: async (_root, _args, { services: { boards } }) => [...(await boards.all())],
    board: (_root, { slug }, { services: { boards } }) => boards.read(slug),
  },
  Board: {
    measurements: (of) => measurementsOf(of),
  },
  Measurement: {
    rows: ({ id }, _args, { services: { boards } }) => boards.rows(id),
  },
};

/** All measurements of a board, the newest first. */
export function measurementsOf({ measurements, present }: BoardRow): MeasurementParent[] {
  return measurements.map((one) => ({ ...one, isPresent: one.id === present?.id }));
}
