import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, HeadObjectCommand, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { Storage } from './files-by-hash.ts';
import { NotStoredError, requireContent, requireSha256 } from './hash.ts';
import { materialise } from './materialise.ts';

interface Bucket {
  bucket: string;
  prefix: string;
  endpoint?: string | undefined;
  region?: string | undefined;
}

/** Parts of an upload; S3 takes 10,000 of them, so that files of up to 640 GB fit. */
const PART_BYTES = 64 * 2 ** 20;

/** Storage in any S3-compatible store: `<prefix>/<sha256>`. An object appears when its upload is complete. */
export function openS3({ bucket, prefix, endpoint, region }: Bucket): Storage {
  const client = new S3Client({
    region: region ?? process.env.AWS_REGION ?? 'us-east-1',
    // stores other than Amazon's seldom have a host name for each bucket, or the newer checksums
    ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const keyOf = (sha256: string) => `${prefix.replace(/\/?$/, prefix ? '/' : '')}${requireSha256(sha256)}`;

  async function size(sha256: string): Promise<number | null> {
    try {
      const { ContentLength } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: keyOf(sha256) }));
      return ContentLength ?? 0;
    } catch (error) {
      if ((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404) return null;
      throw error;
    }
  }
  const has = async (sha256: string) => (await size(sha256)) !== null;

  async function read(sha256: string): Promise<Readable> {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(sha256) }));
      return Body as Readable;
    } catch (error) {
      throw error instanceof NoSuchKey ? new NotStoredError(sha256) : error;
    }
  }

  return {
    has,
    size,
    read,
    // parts of an upload that was broken off are the store's to expire
    tidy: async () => {},
    async put(sha256, fromPath, { keep = false } = {}) {
      const Key = keyOf(sha256);
      await requireContent(sha256, fromPath);
      if (!(await has(sha256))) {
        const params = { Bucket: bucket, Key, Body: createReadStream(fromPath) };
        await new Upload({ client, params, partSize: PART_BYTES, queueSize: 2 }).done();
      }
      if (!keep) await rm(fromPath, { force: true });
    },
    materialise: (files, dir) =>
      materialise(files, dir, async (sha256, path) => {
        await pipeline(await read(sha256), createWriteStream(path, { flags: 'wx' }));
        await requireContent(sha256, path);
      }),
  };
}
