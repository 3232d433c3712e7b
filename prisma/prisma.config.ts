import { defineConfig } from 'prisma/config';

export default defineConfig({
  schema: 'schema.prisma',
  migrations: { path: 'migrations' },
  // `generate` needs no database, but the configuration must name one
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://127.0.0.1/none' },
});
