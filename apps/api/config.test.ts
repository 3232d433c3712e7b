import { SettingsFault } from '@gdbench/settings/fault';
import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const url = 'postgresql://u:p@127.0.0.1:5432/gdbench';

describe('the API’s settings', () => {
  it('has defaults for all but the database, and takes an empty variable as not set', () => {
    const config = readConfig({ DATABASE_URL: url, GDBENCH_LIMIT: '', API_HOST: '' });
    expect(config).toMatchObject({ host: '127.0.0.1', loopbackOnly: true, port: 4000 });
    expect(config.ask).toEqual({ samples: 25, seed: 0, limit: null });
    expect(config.storage).toBe(`file:${config.home}/storage`);
  });

  it('opens to other machines only when told to', () => {
    expect(readConfig({ DATABASE_URL: url, API_HOST: '0.0.0.0' })).toMatchObject({
      host: '0.0.0.0',
      loopbackOnly: false,
    });
  });

  it('goes by the names of this machine, that of its address, and those it is told', () => {
    const hosts = (env: Record<string, string>) => [...readConfig({ DATABASE_URL: url, ...env }).hosts];
    const own = ['localhost', '127.0.0.1', '[::1]'];
    expect(hosts({})).toEqual(own);
    expect(hosts({ API_HOST: '0.0.0.0' })).toEqual(own);
    expect(hosts({ API_HOST: '10.0.0.5', API_ALLOWED_HOSTS: 'Board.example, api' })).toEqual([
      ...own,
      '10.0.0.5',
      'board.example',
      'api',
    ]);
    for (const bad of ['*', 'board.example:4000', 'http://board.example', 'a,,b'])
      expect(() => hosts({ API_ALLOWED_HOSTS: bad })).toThrow(/API_ALLOWED_HOSTS/);
  });

  it('knows where the pages are only when told, without a slash at the end', () => {
    const webUrl = (given: string) => readConfig({ DATABASE_URL: url, PUBLIC_WEB_URL: given }).webUrl;
    expect([webUrl(''), webUrl('http://localhost:3100'), webUrl('https://board.example/gdbench/')]).toEqual([
      null,
      'http://localhost:3100',
      'https://board.example/gdbench',
    ]);
    for (const bad of ['board.example', 'javascript:alert(1)', 'ftp://board.example'])
      expect(() => webUrl(bad)).toThrow(`PUBLIC_WEB_URL is "${bad}": give an address like https://board.example.`);
  });

  it('says every fault in a sentence that names the variable', () => {
    const read = () =>
      readConfig({ API_PORT: '70000', GDBENCH_SAMPLES: '2.5', GDBENCH_LIMIT: '0', GDBENCH_STORAGE: 'ftp:x' });
    expect(read).toThrow(SettingsFault);
    for (const name of ['DATABASE_URL', 'API_PORT', 'GDBENCH_SAMPLES', 'GDBENCH_LIMIT', 'GDBENCH_STORAGE'])
      expect(read).toThrow(name);
  });
});
