import { fileURLToPath } from 'node:url';
import type { CodegenConfig } from '@graphql-codegen/cli';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What a resolver gets as its parent: rows of the database, not the finished GraphQL type. */
const mappers = Object.fromEntries(
  [
    'Board',
    'Measurement',
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
    'LeaderboardChange',
    'Task',
  ].map((type) => [type, `../graphql/mappers.ts#${type}Parent`]),
);

/** Who asks the API, each by the operations of its own folder; the tests of the API ask by those of `test`. */
export const ASKERS = ['apps/web', 'apps/cli', 'setup', 'bench', 'test'];

/** Operations are plain strings with their types: no parser and no AST in a browser's bundle or at a command's start. */
const operationsOf = (folder: string) => ({
  [`${root}${folder}/generated/`]: {
    documents: `${root}${folder}/operations/*.graphql`,
    preset: 'client',
    config: {
      documentMode: 'string',
      useTypeImports: true,
      enumsAsTypes: true,
      scalars: { DateTime: 'string' },
    },
    presetConfig: { fragmentMasking: false },
  },
});

/** Products of the one contract: resolver types for the API, typed operations for all who ask it. */
export const config: CodegenConfig = {
  schema: `${root}schema/*.graphql`,
  silent: true,
  errorsOnly: true,
  ignoreNoDocuments: true,
  // Node wants whole names of files
  emitLegacyCommonJSImports: false,
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
    ...Object.assign({}, ...ASKERS.map(operationsOf)),
  },
};
