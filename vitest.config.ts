import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Where the files lie that take longest: one of them that begins last is waited for by an idle core. */
const LONGEST = ['/builtin/checkpoints/', '/builtin/data/', '/test/flow/', '/workers/runner/', '/workers/'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => [...LONGEST, ''].findIndex((folder) => moduleId.includes(folder));
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  // Vite would take graphql's other build than Node does, and two copies of it do not know each other's types
  resolve: { alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') }] },
  test: {
    include: ['**/*.test.ts', '**/*.test.tsx'],
    exclude: ['**/node_modules/**', '**/.next/**', '**/generated/**', '.gdbench/**', '.node/**'],
    globalSetup: ['test/support/global-setup.ts'],
    sequence: { sequencer: LongestFirst },
    // tests start servers, workers and a browser of their own
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 120_000,
    // a test that asserts nothing proves nothing
    expect: { requireAssertions: true },
  },
});
