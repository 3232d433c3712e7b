import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { statesPage } from './states-page.ts';

test('docs/states.md is drawn from the tables: npm run docs:states writes it anew', () => {
  expect(readFileSync('docs/states.md', 'utf8')).toBe(statesPage());
});
