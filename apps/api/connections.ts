/** Connections to the database that an API keeps at most, for whom. */
export const CONNECTIONS = { answers: 10, listening: 1, comparisons: 2 } as const;
