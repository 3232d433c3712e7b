import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { each } from '../../../test/support/each.ts';
import { newFolder } from '../../../test/support/folder.ts';
import { ImageFault } from '../checkpoint/fault.ts';
import { decodeImage } from './decode.ts';

const scratch = newFolder();

/** Why a file of these bytes, named as an image, is not decoded; null where it is. */
async function why(bytes: Uint8Array | string): Promise<string | null> {
  const file = path.join(scratch, 'image.jpg');
  await writeFile(file, bytes);
  try {
    await decodeImage({ path: file });
    return null;
  } catch (error) {
    if (!(error instanceof ImageFault)) throw error;
    return error.why;
  }
}

const latin = (text: string) => Buffer.from(text, 'latin1');
/** A file of the container of AVIF, HEIC and MP4. */
const container = (brand: string) => latin(`\0\0\0\x1cftyp${brand}\0\0\0\0mif1miafMA1B`);

test.each([
  ['<!DOCTYPE html><html><body>Not found</body></html>', /^it is a web page \(HTML\); a server's answer .* download/],
  ['\ufeff\n <!-- cache -->\n<HTML lang="en">', /^it is a web page/],
  ['<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', /^it is an XML file; .* download/],
  ['{"error": "not found"}', /^it is a JSON file; .* download/],
  ['404: Not Found', /^it is a text file; .* download/],
  [
    'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n',
    /^it is a Git LFS pointer; run `git lfs pull`/,
  ],
  [
    latin('\0\x05\x16\x07\0\x02\0\0Mac OS X        '),
    /^it is macOS's side file of another file \(AppleDouble\); delete it/,
  ],
  [latin(`BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0`), /^it is a BMP image; .* convert it to PNG, or leave/],
  [container('avif'), /^it is an AVIF image; .* convert/],
  [container('heic'), /^it is a HEIC image; .* convert/],
  [container('isom'), /^it is a video \(MP4\); put the image itself there$/],
  ['<svg xmlns="http://www.w3.org/2000/svg"/>', /^it is an SVG drawing; .* convert/],
  ['%PDF-1.7 ', /^it is a PDF; put the image itself there$/],
  [latin('PK\x03\x04 '), /^it is a zip; unpack it$/],
  [latin('\x1f\x8b\x08\0'), /^it is a gzip archive; unpack it$/],
  [new Uint8Array(5000), /^it is nothing but zeros; it was not written to its end/],
  ['', /^it is empty; download the image again$/],
  [latin('\x01\x02\x03\xfe\xff'), /^it is a file of no known kind; put the image itself there$/],
  ['BM is how this text begins, of a letter', /^it is a text file/],
])('%# a file that is no image is named for what it is, with what to do', async (bytes, sentence) => {
  expect(await why(bytes)).toMatch(sentence);
});

const KINDS = { png: 'a PNG', jpeg: 'a JPEG', gif: 'a GIF', webp: 'a WebP' } as const;

/** Noise, which does not compress: most of a file is the picture's own data. */
const pictures = Promise.all(
  (Object.keys(KINDS) as (keyof typeof KINDS)[]).map(async (format) => {
    const noise = { type: 'gaussian', mean: 120, sigma: 60 } as const;
    const picture = sharp({ create: { width: 32, height: 32, channels: 3, background: 'red', noise } });
    return [KINDS[format], await picture.toFormat(format).toBuffer()] as const;
  }),
);

test('an image that is cut anywhere behind its head is cut short, or whole but for its last bytes', async () => {
  for (const [name, whole] of each(await pictures)) {
    expect(await why(whole)).toBeNull();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 16, max: whole.length - 64 }), async (length) => {
        expect(await why(whole.subarray(0, length))).toBe(
          `it is ${name} image that is cut short; download the image again`,
        );
      }),
      { numRuns: 15 },
    );
  }
});

test('a GIF is cut short behind a byte of its data too that is the same as its trailer', async () => {
  const noise = { type: 'gaussian', mean: 120, sigma: 60 } as const;
  const create = { width: 160, height: 160, channels: 3, background: 'red', noise } as const;
  const whole = await sharp({ create }).gif().toBuffer();
  const ends = [...whole.keys()].filter((i) => i > 1000 && i < whole.length - 64 && whole[i] === 0x3b);
  for (const end of each(ends).slice(0, 20))
    expect(await why(whole.subarray(0, end + 1))).toBe('it is a GIF image that is cut short; download the image again');
});

test('a JPEG whose headers hold a whole preview is cut short where the picture itself is', async () => {
  const [, preview] = (await pictures)[1]!;
  const segment = Buffer.alloc(4);
  segment.writeUInt16BE(0xffe1);
  segment.writeUInt16BE(preview.length + 2, 2);
  const whole = Buffer.concat([preview.subarray(0, 2), segment, preview, preview.subarray(2)]);
  expect(await why(whole)).toBeNull();
  expect(await why(whole.subarray(0, -100))).toMatch(/^it is a JPEG image that is cut short/);
});

test('an image whose middle was overwritten is damaged', async () => {
  const [, png] = (await pictures)[0]!;
  const broken = Buffer.from(png);
  broken.fill(0xaa, 1000, 1200);
  expect(await why(broken)).toMatch(/^it is a PNG image that is damaged \(.+\); download the image again$/);
});

test('an image that Pillow takes for a decompression bomb is refused unread', async () => {
  expect(await why(pngHeader(14_000, 14_000))).toMatch(/^it is a PNG image of more than 178 million pixels/);
});

test('a folder, and a file that is not there, are said to be so', async () => {
  await expect(decodeImage({ path: scratch })).rejects.toThrow(/cannot be read: it cannot be read \(EISDIR\)\.$/);
  await expect(decodeImage({ path: path.join(scratch, 'none') })).rejects.toThrow(/cannot be read: it is not there\.$/);
});

test('a PNG that is named .jpg is decoded', async () => {
  const png = await readFile(new URL('../../../test/reference/images/rgb-24x24.png', import.meta.url));
  expect(await why(png)).toBeNull();
});

/** A PNG of this size that holds no picture. */
function pngHeader(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const chunk = (kind: string, data: Buffer) => {
    const body = Buffer.concat([latin(kind), data]);
    const ends = [Buffer.alloc(4), Buffer.alloc(4)] as const;
    ends[0].writeUInt32BE(data.length);
    ends[1].writeUInt32BE(crc32(body));
    return Buffer.concat([ends[0], body, ends[1]]);
  };
  const picture = chunk('IDAT', deflateSync(Buffer.alloc(10)));
  return Buffer.concat([latin('\x89PNG\r\n\x1a\n'), chunk('IHDR', header), picture, chunk('IEND', Buffer.alloc(0))]);
}
