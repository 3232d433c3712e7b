import { describe, expect, it } from 'vitest';
import { LOOPBACK_NAMES, refusal } from './loopback.ts';

const OURS = new Set(LOOPBACK_NAMES);
const OPENED = new Set([...OURS, 'board.example', 'api']);

describe('who may speak to the API', () => {
  it.each(['localhost:4000', '127.0.0.1:4000', '[::1]:4000', 'localhost'])('answers to the host %s', (host) => {
    expect(refusal({ host }, OURS)).toBeNull();
  });

  it.each(['evil.example:4000', '127.0.0.1.evil.example', 'localhost.evil.example', '10.0.0.1', undefined, ' '])(
    'refuses the host %s, which a foreign page may have pointed here',
    (host) => {
      expect(refusal({ host }, OURS)).toMatch(/does not go by that name/);
    },
  );

  it.each(['https://evil.example', 'null', 'http://localhost.evil.example', 'file://', 'garbage'])(
    'refuses the page %s',
    (origin) => {
      expect(refusal({ host: 'localhost:4000', origin }, OURS)).toMatch(/other origins/);
      expect(refusal({ host: 'board.example:4000', origin }, OPENED)).toMatch(/other origins/);
    },
  );

  it('welcomes the web pages of this machine, on any port', () => {
    expect(refusal({ host: 'localhost:4000', origin: 'http://localhost:3000' }, OURS)).toBeNull();
    expect(refusal({ host: '127.0.0.1:4000', origin: 'http://[::1]:3000' }, OURS)).toBeNull();
  });

  it('takes the further names that it is told of, and their pages, and still no other', () => {
    expect(refusal({ host: 'api:4000' }, OPENED)).toBeNull();
    expect(refusal({ host: 'evil.example:4000' }, OPENED)).toMatch(/does not go by that name/);
    expect(refusal({ host: 'board.example:4000', origin: 'http://board.example:3000' }, OPENED)).toBeNull();
  });
});
