import { open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32, deflateRawSync, inflateRaw } from 'node:zlib';

/**
 * Gzip members that say their own length (RFC 1952: an extra field, here "GD" and four bytes). A file of them is an ordinary
 * gzip file, grows by appending, and shows where its last whole member ends without being unpacked.
 */

/** Fixed header (10 bytes), length of the extra field (2), subfield "GD" (2), its length (2), the member's length (4). */
const HEAD = 20;
/** crc32 and length of the payload. */
const TAIL = 8;
const EXTRA_FLAG = 4;
const UNKNOWN_OS = 255;

/** Payload of a member, at most: the reader's memory is bounded by it. */
export const MAX_PAYLOAD = 64 * 2 ** 20;
/** Deflate adds five bytes a block of 64 KiB at worst; this is more. */
const MAX_MEMBER = MAX_PAYLOAD + MAX_PAYLOAD / 1024 + 1024;

const inflate = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(inflateRaw);

/** The same payload gives the same bytes: no time, no name. @throws RangeError above MAX_PAYLOAD. */
export function packMember(payload: Uint8Array): Buffer {
  if (payload.length > MAX_PAYLOAD) throw new RangeError(`${payload.length} bytes are too many for one member`);
  const packed = deflateRawSync(payload);
  const member = Buffer.alloc(HEAD + packed.length + TAIL);
  member.set([0x1f, 0x8b, 8, EXTRA_FLAG, 0, 0, 0, 0, 0, UNKNOWN_OS, 8, 0, 0x47, 0x44, 4, 0]);
  member.writeUInt32LE(member.length, 16);
  packed.copy(member, HEAD);
  member.writeUInt32LE(crc32(payload), HEAD + packed.length);
  member.writeUInt32LE(payload.length, HEAD + packed.length + 4);
  return member;
}

/** Bytes to read members from. */
export interface Bytes {
  readonly size: number;
  /** Up to `length` bytes from `at`; fewer at the end only. */
  read(at: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

export async function openBytes(source: string | Uint8Array): Promise<Bytes> {
  if (typeof source !== 'string') {
    const whole = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
    return {
      size: whole.length,
      read: async (at, length) => whole.subarray(at, at + length),
      close: async () => {},
    };
  }
  const file = await open(source, 'r');
  const { size } = await file.stat();
  return {
    size,
    async read(at, length) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
      return buffer.subarray(0, bytesRead);
    },
    close: () => file.close(),
  };
}

/** One member found at a place, or why there is none: the bytes end early (`torn`), or they are something else (`foreign`). */
export type Found =
  | { readonly kind: 'member'; readonly payload: Buffer; readonly end: number }
  | { readonly kind: 'torn' }
  | { readonly kind: 'foreign' };

export async function readMember(bytes: Bytes, at: number): Promise<Found> {
  const head = await bytes.read(at, HEAD);
  if (await blank(bytes, at, head)) return { kind: 'torn' };
  const expected = [0x1f, 0x8b, 8, EXTRA_FLAG];
  if (head.subarray(0, 4).some((byte, i) => byte !== expected[i])) return { kind: 'foreign' };
  if (head.length < HEAD) return { kind: 'torn' };
  if (head.readUInt32LE(10) !== 0x4447_0008 || head.readUInt16LE(14) !== 4) return { kind: 'foreign' };
  const length = head.readUInt32LE(16);
  if (length < HEAD + TAIL || length > MAX_MEMBER) return { kind: 'foreign' };
  if (at + length > bytes.size) return { kind: 'torn' };
  const body = await bytes.read(at + HEAD, length - HEAD);
  if (body.length < length - HEAD) return { kind: 'torn' };
  const packed = body.subarray(0, -TAIL);
  const payload = await inflate(packed, { maxOutputLength: MAX_PAYLOAD }).catch(() => undefined);
  const intact =
    payload !== undefined &&
    body.readUInt32LE(packed.length) === crc32(payload) &&
    body.readUInt32LE(packed.length + 4) === payload.length;
  return intact ? { kind: 'member', payload, end: at + length } : { kind: 'foreign' };
}

/** After a power cut a file may have its new length but not its new bytes: the rest is then zeros. */
async function blank(bytes: Bytes, at: number, head: Buffer): Promise<boolean> {
  if (head.some((byte) => byte !== 0)) return false;
  const step = 2 ** 20;
  for (let from = at; from < bytes.size; from += step) {
    const part = await bytes.read(from, Math.min(step, bytes.size - from));
    if (part.length === 0) break;
    if (part.some((byte) => byte !== 0)) return false;
  }
  return true;
}
