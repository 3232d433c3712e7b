import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newFolder } from '../../test/support/folder.ts';
import { SettingsFault } from './fault.ts';
import { madeHome } from './home.ts';
import { ROOT } from './root.ts';
import { ALL, isSet, readSettings } from './settings.ts';

const url = 'postgresql://u:secret@127.0.0.1:5432/gdbench';
const faultOf = (env: Record<string, string>, required: readonly 'DATABASE_URL'[] = []): string => {
  try {
    readSettings(ALL, { env, required });
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsFault);
    return (error as Error).message;
  }
  return '';
};

describe('settings', () => {
  test('that are not set, or empty, have their defaults or are absent', () => {
    const empty = Object.fromEntries(ALL.map((name) => [name, '']));
    const read = readSettings(ALL, { env: {} });
    expect(readSettings(ALL, { env: empty })).toEqual(read);
    expect(read).toMatchObject({
      API_PORT: 4000,
      WEB_PORT: 3000,
      API_ALLOWED_HOSTS: [],
      GDBENCH_HOME: join(ROOT, '.gdbench'),
      GDBENCH_SAMPLES: 25,
      GDBENCH_SEED: 0,
      GDBENCH_DEVICE: 'auto',
      GDBENCH_MEMORY_GB: 8,
      GDBENCH_EXAMPLE_SECONDS: 3600,
      GDBENCH_LOG: 'info',
    });
    expect([read.DATABASE_URL, read.GDBENCH_LIMIT, read.GDBENCH_TOKEN]).toEqual([undefined, undefined, undefined]);
    expect([isSet('API_PORT', empty), isSet('API_PORT', { API_PORT: '0' })]).toEqual([false, true]);
  });

  test('are values, not texts', () => {
    const env = {
      DATABASE_URL: url,
      API_PORT: '0',
      API_ALLOWED_HOSTS: 'Board.example, [::1]',
      PUBLIC_WEB_URL: 'https://board.example/gdbench/',
      GDBENCH_HOME: 'state',
      GDBENCH_MEMORY_GB: '1.5',
      GDBENCH_THREADS: '4',
      WORKER_NAME: 'ünï 1',
    };
    expect(readSettings(ALL, { env })).toMatchObject({
      DATABASE_URL: url,
      API_PORT: 0,
      API_ALLOWED_HOSTS: ['board.example', '[::1]'],
      PUBLIC_WEB_URL: 'https://board.example/gdbench',
      GDBENCH_HOME: join(ROOT, 'state'),
      GDBENCH_MEMORY_GB: 1.5,
      GDBENCH_THREADS: 4,
      WORKER_NAME: 'ünï 1',
    });
  });

  test('that are wrong are told all at once, a sentence each: the variable, what stands in it, what to give', () => {
    const env = { API_PORT: '70000', GDBENCH_DEVICE: 'abacus', GDBENCH_LIMIT: '0', GDBENCH_SAMPLES: '25' };
    expect(faultOf(env, ['DATABASE_URL']).split('\n')).toEqual([
      'DATABASE_URL is not set: give the address of a PostgreSQL database, postgresql://user:password@host:port/name.',
      'API_PORT is "70000": give a whole number from 0 to 65535.',
      'GDBENCH_LIMIT is "0": give a whole number from 1 to 1000000.',
      'GDBENCH_DEVICE is "abacus": give one of auto, cuda, tensorrt, webgpu, cpu.',
    ]);
  });

  test.each([
    ['API_PORT', ['-1', '4e3', ' 80', '80.5', '0x50', 'eighty']],
    ['GDBENCH_HOME', ['~', '~/state']],
    ['API_ALLOWED_HOSTS', ['*', 'board.example:4000', 'http://board.example', 'a,,b']],
    ['PUBLIC_WEB_URL', ['board.example', 'javascript:alert(1)', 'ftp://board.example']],
    ['GDBENCH_SERVER', ['localhost:4000', 'ws://localhost:4000']],
    ['GDBENCH_STORAGE', ['/absolute', 'http://x']],
    ['GDBENCH_MEMORY_GB', ['0', '-1', 'Infinity', '1e9', '8GB']],
    ['GDBENCH_EXAMPLE_SECONDS', ['0', '2147484']],
    ['WORKER_NAME', ['x'.repeat(101), 'a\nb', 'evil\u202egnp', '   ']],
  ] as const)('%s is refused where it cannot serve', (name, texts) => {
    for (const text of texts)
      expect(faultOf({ [name]: text })).toMatch(new RegExp(`^${name} is ".*": give [^\n]+\\.$`));
  });

  test.each(['postgres://', 'postgresql://[bad/x', 'mysql://u@h/x', 'localhost:5432/x'])(
    'no database is at %s',
    (text) => {
      expect(faultOf({ DATABASE_URL: text })).toMatch(/^DATABASE_URL is something else: give /);
    },
  );

  test.each(['postgresql://u:p@/x?host=/run/postgresql', 'postgresql:///x', 'postgres://h'])(
    'a database may be at %s',
    (text) => {
      expect(readSettings(['DATABASE_URL'], { env: { DATABASE_URL: text } })).toEqual({ DATABASE_URL: text });
    },
  );

  test('an address of a network card is one to listen on', () => {
    expect(readSettings(['API_HOST'], { env: { API_HOST: 'fe80::1%eth0' } })).toEqual({ API_HOST: 'fe80::1%eth0' });
  });

  test('a home that cannot hold files is refused by name', () => {
    expect(() => madeHome('/dev/null')).toThrow(
      /^GDBENCH_HOME is "\/dev\/null", which cannot hold files \(EEXIST\): give /,
    );
    const home = join(newFolder(), 'a', 'b');
    expect(existsSync(madeHome(home))).toBe(true);
  });

  test('that may hold a password are never shown', () => {
    expect(faultOf({ DATABASE_URL: 'mysql://u:secret@h/x', GDBENCH_TOKEN: 'secret token' })).not.toContain('secret');
  });

  test('answer any text with a value or a line that names the variable and steers no terminal', () => {
    const any = fc.tuple(fc.constantFrom(...ALL), fc.string({ unit: 'binary', maxLength: 200 }));
    fc.assert(
      fc.property(any, ([name, text]) => {
        const fault = faultOf({ [name]: text });
        if (fault !== '') expect(fault).toMatch(/^[A-Z_]+ is [^\p{Cc}\u202a-\u202e]+: give [^\p{Cc}]+\.$/u);
      }),
    );
  });
});
