import { runPrisma } from './engine/cli.mjs';

// Makes the database client in prisma/generated from schema.prisma.
const { code, output } = await runPrisma(['generate']);
if (code !== 0) console.error(output);
process.exit(code);
