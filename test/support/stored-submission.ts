import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ask } from '@gdbench/schema/ask';
import { openStorage } from '@gdbench/storage/storage';
import { SubmitCheckpointDocument, type SubmittedFragment } from '../generated/graphql.ts';
import { sha256 } from './evaluation.ts';
import type { Files } from './folder.ts';
import type { Stack } from './stack.ts';

/** Submits files through the API alone, as no client of ours would: whatever their paths, and nothing left out. */
export async function submitThroughApi(stack: Stack, name: string, files: Files): Promise<SubmittedFragment> {
  const storage = await openStorage(`file:${join(stack.home, 'storage')}`);
  const scratch = join(stack.home, 'to-be-stored');
  await mkdir(scratch, { recursive: true });
  const manifest = [];
  const stored = new Set<string>();
  for (const [path, content] of Object.entries(files)) {
    const plain = typeof content === 'string' || content instanceof Uint8Array;
    const bytes = plain ? Buffer.from(content as string) : Buffer.from(JSON.stringify(content));
    const hash = sha256(bytes);
    manifest.push({ path, size: bytes.length, sha256: hash });
    if (stored.has(hash)) continue;
    const at = join(scratch, randomUUID());
    await writeFile(at, bytes);
    await storage.put(hash, at);
    stored.add(hash);
  }
  const input = { name, files: manifest };
  const { submitCheckpoint } = await ask(stack.apiUrl(), SubmitCheckpointDocument, { input });
  if (submitCheckpoint.__typename === 'SubmitCheckpointSuccess') return submitCheckpoint.submission;
  throw new Error(`${submitCheckpoint.code}: ${submitCheckpoint.message}`);
}
