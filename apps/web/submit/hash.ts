import { loadCode } from '../live/load.ts';

/** Bytes that are read and hashed at a time. */
const CHUNK = 4 << 20;

/**
 * sha256 of a file without holding it in memory, lower-case hex.
 *
 * @param onBytes is told after each chunk how many bytes it had
 * @throws AbortError when `signal` is aborted; NotReadableError when the file changed or vanished
 */
export async function sha256Of(file: File, onBytes: (bytes: number) => void, signal: AbortSignal): Promise<string> {
  const { createSHA256 } = await loadCode(() => import('hash-wasm'), { tries: 3 });
  const hasher = await createSHA256();
  hasher.init();
  for (let start = 0; start < file.size; start += CHUNK) {
    signal.throwIfAborted();
    const chunk = new Uint8Array(await file.slice(start, start + CHUNK).arrayBuffer());
    hasher.update(chunk);
    onBytes(chunk.length);
  }
  return hasher.digest('hex');
}
