import { createReadStream } from 'node:fs';
import { type DetailedError, Upload } from 'tus-js-client';
import { CliFault } from '../fault.ts';
import { authorization, type Server } from '../server/server.ts';

const CHUNK_BYTES = 8 * 2 ** 20;
/** Long enough for a server that is being restarted; the count begins anew whenever bytes have gone through. */
const RETRY_MS = [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000, 15_000, 15_000, 15_000];
/** Answers that pass by themselves: timeout, another request still holds the upload, too many requests. */
const PASSING = new Set([408, 409, 423, 429]);

export interface FileToSend {
  readonly id: string;
  /** On this machine. */
  readonly file: string;
  /** As the submission names it. */
  readonly path: string;
  /** Below the server's origin. */
  readonly uploadUrl: string;
}

/**
 * Sends one file by tus and goes on where an earlier attempt stopped. `onBytes` hears how many bytes have gone.
 * Throws CliFault with the server's own sentence where trying again cannot help.
 */
export function sendFile(
  server: Server,
  { id, file, path, uploadUrl }: FileToSend,
  onBytes: (sent: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = createReadStream(file);
    stream.on('error', (error) => reject(new CliFault(`${path} cannot be read: ${error.message}.`)));
    const upload = new Upload(stream, {
      endpoint: `${server.url}/uploads`,
      uploadUrl: `${server.url}${uploadUrl}`,
      metadata: { fileId: id },
      headers: authorization(server),
      chunkSize: CHUNK_BYTES,
      retryDelays: RETRY_MS,
      storeFingerprintForResuming: false,
      onShouldRetry: isPassing,
      onProgress: onBytes,
      onSuccess: () => resolve(),
      onError: (error) => reject(new CliFault(sentenceOf(path, error))),
    });
    upload.start();
  });
}

function isPassing(error: DetailedError): boolean {
  const status = error.originalResponse?.getStatus();
  return status === undefined || status >= 500 || PASSING.has(status);
}

function sentenceOf(path: string, error: Error | DetailedError): string {
  const response = 'originalResponse' in error ? error.originalResponse : null;
  if (!response)
    return `The server could not be reached any more while ${path} was sent: run the same command again to go on.`;
  const said = response.getBody().trim().split('\n')[0];
  if (response.getStatus() >= 500 || PASSING.has(response.getStatus()))
    return `The server did not take ${path} (${response.getStatus()}): run the same command again later to go on.`;
  return said
    ? `The server did not take ${path}: ${said}`
    : `The server did not take ${path} (${response.getStatus()}).`;
}
