import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const files = execFileSync('git', ['ls-files', '--', '*.ts'], { cwd: import.meta.dirname, encoding: 'utf8' });
const sources = files.split('\n').filter((file) => file !== '' && !file.endsWith('.test.ts'));
const read = (file: string): string => readFileSync(`${import.meta.dirname}/${file}`, 'utf8');

/** What no table is known of yet, or no pool has: migrating, and listening. */
const OWN_CONNECTION = ['events/listen.ts', 'migrate.ts'];

test('every statement is built from the tables of schema.prisma', () => {
  expect(sources.length).toBeGreaterThan(50);
  expect(sources.filter((file) => /\.query\b|CompiledQuery|\braw\b[<(]/.test(read(file)))).toEqual(OWN_CONNECTION);
});

test('what is written as text inside of a statement is one plain value, and never a row', () => {
  // or a column of such values, as unnest gives one
  const PLAIN = /^(string|number|boolean|Date|\{ \w+: string \})$/;
  const typed = sources.flatMap((file) =>
    [...read(file).matchAll(/\b(?:sql|text|fragment)<([^`]*)>`/g)].map(([, type]) => `${file}: ${type}`),
  );
  expect(typed.length).toBeGreaterThan(5);
  expect(typed.filter((found) => !PLAIN.test(found.slice(found.indexOf(': ') + 2)))).toEqual([]);
});
