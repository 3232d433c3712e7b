import { defineConfig } from 'vitest/config';
import base from '../vitest.config.ts';

/** The engine's tests alone, which need no database. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ['workers/engine/**/*.test.ts'], globalSetup: [] },
});
