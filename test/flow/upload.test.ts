import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { ask } from '@gdbench/schema/ask';
import { openStorage } from '@gdbench/storage/storage';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SubmitCheckpointDocument } from '../generated/graphql.ts';
import { DUAL_ENCODER } from '../support/builtin.ts';
import { gdbench } from '../support/command.ts';
import { each } from '../support/each.ts';
import { newFolder } from '../support/folder.ts';
import { follow, isDone, liveClient } from '../support/graphql.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { writeTinyData } from '../support/tiny-data.ts';

let stack: Stack;
beforeAll(async () => {
  const data = newFolder();
  await writeTinyData(data);
  stack = await startStack({ data });
});
afterAll(() => stack.close());

/** A proxy on loopback that, while it is armed, cuts every connection once it has passed so many bytes upwards. */
async function cuttingProxy(targetPort: number, bytes: number) {
  const sockets = new Set<Socket>();
  let passed = 0;
  const cut = withResolvers();
  const server: Server = createServer((inbound) => {
    const outbound = connect(targetPort, '127.0.0.1');
    for (const socket of [inbound, outbound]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        inbound.destroy();
        outbound.destroy();
      });
    }
    inbound.on('data', (chunk) => {
      passed += chunk.length;
      if (passed > bytes) {
        for (const socket of sockets) socket.destroy();
        server.close();
        cut.happened();
        return;
      }
      outbound.write(chunk);
    });
    outbound.pipe(inbound);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the proxy has no port');
  return { url: `http://127.0.0.1:${address.port}`, cut: cut.promise };
}

function withResolvers() {
  let happened = () => {};
  const promise = new Promise<void>((resolve) => {
    happened = resolve;
  });
  return { happened, promise };
}

test('an upload that is cut off goes on where it stopped and ends whole', async () => {
  const manifest = readdirSync(DUAL_ENCODER, { recursive: true, encoding: 'utf8' })
    .filter((file) => statSync(join(DUAL_ENCODER, file)).isFile())
    .map((file) => {
      const content = readFileSync(join(DUAL_ENCODER, file));
      return { path: file, size: content.length, sha256: createHash('sha256').update(content).digest('hex') };
    });
  const bytes = manifest.reduce((sum, { size }) => sum + size, 0);
  const proxy = await cuttingProxy(Number(new URL(stack.apiUrl()).port), Math.floor(bytes / 2));
  const interrupted = gdbench(['submit', DUAL_ENCODER, '--name', 'cut', '--server', proxy.url, '--json']);
  await proxy.cut;
  interrupted.child.kill('SIGKILL');
  await interrupted.ended;

  const submission = await submitManifest(manifest);
  const offsets = await Promise.all(submission.files.map(({ uploadUrl }) => offsetOf(uploadUrl)));
  const begun = submission.files.filter(({ path }, i) => {
    const { size } = manifest.find((line) => line.path === path)!;
    return offsets[i]! > 0 && offsets[i]! < size;
  });
  expect(begun.length).toBeGreaterThan(0);

  const resumed = await gdbench(['submit', DUAL_ENCODER, '--name', 'cut', '--server', stack.apiUrl(), '--json']).ended;
  expect(resumed.stderr).toBe('');
  expect(resumed.code).toBe(0);
  const answer = JSON.parse(resumed.stdout.trim().split('\n').at(-1) ?? '') as {
    submissionId: string;
    evaluationId: string;
  };
  expect(answer.submissionId).toBe(submission.id);
  const storage = await openStorage(`file:${join(stack.home, 'storage')}`);
  for (const { sha256 } of each(manifest)) {
    const hash = createHash('sha256');
    for await (const chunk of await storage.read(sha256)) hash.update(chunk as Buffer);
    expect(hash.digest('hex')).toBe(sha256);
  }

  await stack.startWorker('a');
  const client = liveClient(stack.apiUrl());
  const done = await follow(client, answer.evaluationId, isDone);
  await client.dispose();
  expect(done.shardsDone).toBe(done.shardsTotal);
});

/** Bytes of an upload that have arrived; NaN for one that is not under way. */
async function offsetOf(uploadUrl: string): Promise<number> {
  const headers = { 'tus-resumable': '1.0.0' };
  const head = await fetch(`${stack.apiUrl()}${uploadUrl}`, { method: 'HEAD', headers });
  return Number(head.headers.get('upload-offset') ?? Number.NaN);
}

interface ManifestLine {
  path: string;
  size: number;
  sha256: string;
}

/** Repeating the submission gives the unfinished one back. */
async function submitManifest(files: ManifestLine[]) {
  const input = { name: 'cut', files };
  const { submitCheckpoint } = await ask(stack.apiUrl(), SubmitCheckpointDocument, { input });
  if (submitCheckpoint.__typename !== 'SubmitCheckpointSuccess') throw new Error(submitCheckpoint.message);
  return submitCheckpoint.submission;
}
