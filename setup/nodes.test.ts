import { describe, expect, it } from 'vitest';
import { nodeOf } from './nodes.ts';

describe('a Node of another version', () => {
  it('is this one where the version is its own', async () => {
    const own = Number(process.versions.node.split('.')[0]);
    const fetch = () => Promise.reject(new Error('nothing is to be fetched'));
    expect(await nodeOf(own, fetch)).toEqual({ path: process.execPath, version: process.versions.node });
  });

  it('is fetched anew a few times, and where that fails a sentence says why', async () => {
    let attempts = 0;
    const fetch = async () => {
      attempts += 1;
      throw new Error('getaddrinfo ENOTFOUND');
    };
    await expect(nodeOf(9, fetch, 0)).rejects.toThrow(
      'Node 9 could not be fetched (the npm package `node`, 3 attempts: getaddrinfo ENOTFOUND); see to that and run the command again.',
    );
    expect(attempts).toBe(3);
  });

  it('that was fetched but does not run is none', async () => {
    await expect(nodeOf(9, async () => {}, 0)).rejects.toThrow('it does not run here');
  });
});
