import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';

test('a worker says that the database does not answer, without its password, and ends at once on Ctrl-C', async () => {
  // a port on which nothing listens
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  const child = spawn(process.execPath, ['workers/worker.ts'], {
    env: { ...process.env, DATABASE_URL: `postgresql://someone:secret@127.0.0.1:${port}/gdbench` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
      if (output.includes('does not answer')) child.kill('SIGINT');
    });
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  expect(output).toContain(`The database at 127.0.0.1:${port} does not answer`);
  expect(output).not.toContain('secret');
});
