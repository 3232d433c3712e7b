import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tarOf } from './archive.ts';

const VERSION = '24.99.0';
/** As the real one, it has no executable before its script has run. */
const SCRIPT = `
const { mkdirSync, writeFileSync } = require('node:fs');
mkdirSync('bin', { recursive: true });
writeFileSync('bin/node', '#!/bin/sh\\nexec ${process.execPath} "$@"\\n', { mode: 0o755 });`;

export interface Registry {
  readonly url: string;
  /** Requests so far. */
  readonly asked: readonly string[];
  /** Resolves when somebody has asked. */
  readonly first: Promise<unknown>;
  close(): Promise<void>;
}

/** A server of the npm registry's protocol on loopback whose one package, \`node\`, brings this very Node. */
export async function startRegistry(): Promise<Registry> {
  const tarball = await packNode();
  return serve((path, url, response) => {
    if (path.endsWith('.tgz')) return void response.end(tarball);
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    const manifest = { ...MANIFEST, dist: { tarball: `${url}/node/-/node-${VERSION}.tgz`, integrity } };
    const about = { name: 'node', 'dist-tags': { latest: VERSION }, versions: { [VERSION]: manifest } };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(about));
  });
}

/** One that takes requests and never answers. */
export function startSilentRegistry(): Promise<Registry> {
  return serve(() => undefined);
}

const MANIFEST = {
  name: 'node',
  version: VERSION,
  bin: { node: 'bin/node' },
  scripts: { preinstall: 'node make.js' },
};

const packNode = () => tarOf({ 'package/package.json': MANIFEST, 'package/make.js': SCRIPT }, true);

async function serve(answer: (path: string, url: string, response: ServerResponse) => void): Promise<Registry> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request.url ?? '', url, response);
  }).listen(0, '127.0.0.1');
  const first = once(server, 'request');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url, asked, first, close };
}
