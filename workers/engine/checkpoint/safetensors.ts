import { open } from 'node:fs/promises';

/** The longest header that is read: it names every tensor. */
const LONGEST = 16 * 2 ** 20;

/** Names of the tensors in a safetensors file; null where it cannot be read as one. */
export async function tensorNames(at: string): Promise<string[] | null> {
  const file = await open(at);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
    const length = bytesRead === 8 ? Number(buffer.readBigUInt64LE()) : 0;
    if (!(length > 1 && length <= LONGEST)) return null;
    const header = await file.read(Buffer.alloc(length), 0, length, 8);
    return Object.keys(JSON.parse(header.buffer.subarray(0, header.bytesRead).toString('utf8')));
  } catch {
    return null;
  } finally {
    await file.close();
  }
}
