import { describe, expect, it } from 'vitest';
import { refusal } from './loopback.ts';

describe('who may speak to the API', () => {
  it.each(['localhost:4000', '127.0.0.1:4000', '[::1]:4000', 'localhost'])('answers to the host %s', (host) => {
    expect(refusal({ host }, true)).toBeNull();
  });

  it.each(['evil.example:4000', '127.0.0.1.evil.example', 'localhost.evil.example', '10.0.0.1', undefined, ' '])(
    'refuses the host %s, which a foreign page may have pointed here',
    (host) => {
      expect(refusal({ host }, true)).toMatch(/this machine only/);
    },
  );

  it.each(['https://evil.example', 'null', 'http://localhost.evil.example', 'file://', 'garbage'])(
    'refuses the page %s',
    (origin) => {
      expect(refusal({ host: 'localhost:4000', origin }, true)).toMatch(/other origins/);
      expect(refusal({ host: 'board.example:4000', origin }, false)).toMatch(/other origins/);
    },
  );

  it('welcomes the web pages of this machine, on any port', () => {
    expect(refusal({ host: 'localhost:4000', origin: 'http://localhost:3000' }, true)).toBeNull();
    expect(refusal({ host: '127.0.0.1:4000', origin: 'http://[::1]:3000' }, true)).toBeNull();
  });

  it('takes any host once API_HOST opens it, and pages of that host', () => {
    expect(refusal({ host: 'api:4000' }, false)).toBeNull();
    expect(refusal({ host: 'board.example:4000', origin: 'http://board.example:3000' }, false)).toBeNull();
  });
});
