import type { DetailedError, Upload } from 'tus-js-client';
import { loadCode } from '../live/load.ts';

export type Sendable = { id: string; file: File; uploadUrl: string };

export type Sending = { pause: () => void; resume: () => void; stop: () => void };

/** Files that are on their way at the same time. */
const PARALLEL = 2;

/**
 * Sends files by the tus protocol. What the service already holds of a file is not sent again; a lost connection is tried
 * again for half a minute, then `onError` says so and `resume` goes on.
 */
export async function sendFiles(
  origin: string,
  files: readonly Sendable[],
  on: { sent: (bytes: number) => void; done: () => void; error: (sentence: string) => void },
): Promise<Sending> {
  const tus = await loadCode(() => import('tus-js-client'), { tries: 3 });
  const waiting = [...files];
  const running = new Set<Upload>();
  const sent = new Map<string, number>();
  let halted = false;

  const tell = () => on.sent([...sent.values()].reduce((sum, bytes) => sum + bytes, 0));
  const next = () => {
    while (!halted && running.size < PARALLEL) {
      const item = waiting.shift();
      if (!item) break;
      begin(item);
    }
    if (!halted && running.size === 0 && waiting.length === 0) on.done();
  };
  const begin = ({ id, file, uploadUrl }: Sendable) => {
    const upload = new tus.Upload(file, {
      endpoint: `${origin}/uploads`,
      uploadUrl: `${origin}${uploadUrl}`,
      metadata: { fileId: id },
      retryDelays: [0, 1000, 3000, 5000, 10_000, 15_000],
      // the service knows where each upload lives; nothing has to be remembered in this browser
      storeFingerprintForResuming: false,
      onProgress: (bytes) => {
        sent.set(id, bytes);
        tell();
      },
      onSuccess: () => {
        running.delete(upload);
        sent.set(id, file.size);
        tell();
        next();
      },
      onError: (error) => {
        halt();
        on.error(sentenceOf(error, file.name, tus.DetailedError));
      },
    });
    running.add(upload);
    upload.start();
  };
  const halt = () => {
    halted = true;
    for (const upload of running) void upload.abort();
  };
  next();
  return {
    pause: halt,
    resume: () => {
      halted = false;
      for (const upload of running) upload.start();
      next();
    },
    stop: halt,
  };
}

/** The service's own sentence where it gave one. */
function sentenceOf(error: Error, name: string, Detailed: typeof DetailedError): string {
  const response = error instanceof Detailed ? error.originalResponse : null;
  const body = response?.getBody().trim();
  if (body && body.length < 400 && !body.startsWith('<')) return body;
  return response
    ? `The service did not take ${name} (status ${response.getStatus()}).`
    : 'The connection to the service was lost. What has arrived is kept.';
}
