import { fileURLToPath } from 'node:url';
import type { CodegenConfig } from '@graphql-codegen/cli';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What a resolver gets as its parent: rows of the database, not the finished GraphQL type. */
const mappers = Object.fromEntries(
  [
    'Evaluation',
    'EvaluationConnection',
    'EvaluationTask',
    'Checkpoint',
    'Submission',
    'SubmissionFile',
    'LogLine',
    'Result',
    'Leaderboard',
    'LeaderboardRow',
    'Task',
  ].map((type) => [type, `../graphql/mappers.ts#${type}Parent`]),
);

/** Two products of the one contract: resolver types for the API, typed operations for the web. */
export const config: CodegenConfig = {
  schema: `${root}schema/*.graphql`,
  silent: true,
  errorsOnly: true,
  ignoreNoDocuments: true,
  generates: {
    [`${root}apps/api/generated/resolvers.ts`]: {
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        immutableTypes: true,
        contextType: '../graphql/context.ts#Context',
        mappers,
        defaultScalarType: 'unknown',
        scalars: { DateTime: { input: 'string', output: 'Date' }, ID: 'string' },
        resolversNonOptionalTypename: { unionMember: true },
        avoidOptionals: { field: true, inputValue: false, object: false, defaultValue: false },
      },
    },
    [`${root}apps/web/generated/`]: {
      documents: [`${root}apps/web/**/*.{graphql,ts,tsx}`, `!${root}apps/web/{generated,.next,node_modules}/**`],
      preset: 'client',
      // documents are plain strings with their types: no parser and no AST in the browser's bundle
      config: { documentMode: 'string', useTypeImports: true, enumsAsTypes: true, scalars: { DateTime: 'string' } },
      presetConfig: { fragmentMasking: false },
    },
  },
};
