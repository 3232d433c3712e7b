import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A store of objects behind as much of S3's protocol as small objects need: PUT, HEAD and GET of a path, and its 404. */
export interface Bucket {
  /** The address that `openStorage` takes. */
  readonly url: string;
  /** Paths of all objects, `/<bucket>/<key>`. */
  paths(): string[];
  close(): Promise<void>;
}

export async function startBucket(): Promise<Bucket> {
  const objects = new Map<string, Buffer>();
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '', 'http://bucket').pathname;
    if (request.method === 'PUT') objects.set(path, await buffer(request));
    const object = objects.get(path);
    if (!object) {
      const body = request.method === 'HEAD' ? '' : '<Error><Code>NoSuchKey</Code></Error>';
      response.writeHead(404, { 'content-type': 'application/xml' }).end(body);
    } else if (request.method === 'PUT') response.writeHead(200, { etag: '"stored"' }).end();
    else response.writeHead(200, { 'content-length': object.length }).end(request.method === 'GET' ? object : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `s3:checkpoints/of/board?endpoint=http://127.0.0.1:${port}&region=here`,
    paths: () => [...objects.keys()],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
