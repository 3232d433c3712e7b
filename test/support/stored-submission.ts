import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openStorage } from '@gdbench/storage/storage';
import type { Files } from './checkpoint-folders.ts';
import { sha256 } from './drive.ts';
import { request } from './graphql.ts';
import type { Stack } from './stack.ts';

const SUBMIT = `mutation ($input: SubmitCheckpointInput!) { submitCheckpoint(input: $input) {
  ... on SubmitCheckpointSuccess { submission { id evaluation { id } checkpoint { sha256 } files { path } } }
  ... on InvalidInputError { code message }
} }`;

interface Stored {
  id: string;
  evaluation: { id: string };
  checkpoint: { sha256: string };
  files: { path: string }[];
}

/** Submits files through the API alone, as no client of ours would: whatever their paths, and nothing left out. */
export async function submitThroughApi(stack: Stack, name: string, files: Files): Promise<Stored> {
  const storage = await openStorage(`file:${join(stack.home, 'storage')}`);
  const scratch = join(stack.home, 'to-be-stored');
  await mkdir(scratch, { recursive: true });
  const manifest = [];
  for (const [path, content] of Object.entries(files)) {
    const plain = typeof content === 'string' || content instanceof Uint8Array;
    const bytes = plain ? Buffer.from(content as string) : Buffer.from(JSON.stringify(content));
    const at = join(scratch, randomUUID());
    await writeFile(at, bytes);
    await storage.put(sha256(bytes), at);
    manifest.push({ path, size: bytes.length, sha256: sha256(bytes) });
  }
  const { submitCheckpoint } = await request<{
    submitCheckpoint: { submission?: Stored; code?: string; message?: string };
  }>(stack.apiUrl(), SUBMIT, { input: { name, files: manifest } });
  if (submitCheckpoint.submission) return submitCheckpoint.submission;
  throw new Error(`${submitCheckpoint.code}: ${submitCheckpoint.message}`);
}
