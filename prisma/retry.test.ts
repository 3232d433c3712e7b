import { expect, test } from 'vitest';
import { isTransient } from './retry.ts';

const withCode = (code: string) => Object.assign(new Error('away'), { code });

test.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', '57P01', '08006', '40001'])(
  '%s may pass by itself, also as the cause of another error',
  (code) => {
    expect(isTransient(withCode(code))).toBe(true);
    expect(isTransient(new Error('outer', { cause: withCode(code) }))).toBe(true);
  },
);

test.each(['23505', '42P01', '28P01', 'ENOENT'])('%s does not pass by itself', (code) => {
  expect(isTransient(withCode(code))).toBe(false);
});
