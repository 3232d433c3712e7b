/** See cli.mjs. */
export function runPrisma(args: string[], databaseUrl?: string): Promise<{ code: number; output: string }>;
