import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ZipFile } from 'yazl';
import { tarOf, zipOf } from '../../../test/support/archive.ts';
import { given, pixels, preparedFrom } from '../../../test/support/prepared-root.ts';

const data = [{ id: 1, caption_0: 'a', caption_1: 'b', tag: '', secondary_tag: '', collapsed_tag: '' }];
const image = (k: number) => [`images/ex_1_img_${k}.png`, pixels(`${k} `.repeat(500))] as const;
const images = Object.fromEntries([image(0), image(1)]);
const whole = { 'data.json': JSON.stringify(data) };

/** Of images.zip (or another name) of these bytes beside data.json. */
const of = async (archive: Buffer, name = 'images.zip') => preparedFrom([await given({ ...whole, [name]: archive })]);

/** A zip whose entries' central headers are changed; their offsets are told from the beginning of each. */
function changed(zip: Buffer, change: (header: Buffer) => void): Buffer {
  const copy = Buffer.from(zip);
  for (let at = copy.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; at = copy.indexOf('PK\x01\x02', at + 4, 'latin1'))
    change(copy.subarray(at));
  return copy;
}

test('a zip of more than 4 GiB by its marks (zip64) is read as any', async () => {
  const zip = new ZipFile();
  for (const [path, bytes] of Object.entries(images)) zip.addBuffer(bytes, path, { forceZip64Format: true });
  zip.end({ forceZip64Format: true, comment: '' });
  const { faults, files } = await of(await buffer(zip.outputStream as unknown as NodeJS.ReadableStream));
  expect(faults).toEqual([]);
  expect(files['winoground/images/ex_1_img_0.png']).toBe(image(0)[1].toString());
});

test.each([
  ['encrypted', (header: Buffer) => header.writeUInt16LE(header.readUInt16LE(8) | 1, 8), /is encrypted: unpack it/],
  [
    'packed in another way',
    (header: Buffer) => header.writeUInt16LE(9, 10),
    /packed in a way .* \(method 9\): unpack it/,
  ],
  ['named to lead out', (header: Buffer) => header.write('../../..', 46), /whose name leads out of it/],
  ['named from the top', (header: Buffer) => header.write('/tmp/a', 46), /whose name leads out of it/],
  ['named as on Windows', (header: Buffer) => header.write('C:/tmp', 46), /whose name leads out of it/],
])('a zip that is %s is not looked into, and named with what to do', async (_what, change, sentence) => {
  const { unread, faults, files } = await of(changed(await zipOf(images, true), change));
  expect(unread).toHaveLength(1);
  expect(unread[0]).toMatch(/^from\/images\.zip /);
  expect(unread[0]).toMatch(sentence);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(/^winoground lacks its images/);
  expect(Object.keys(files)).toEqual(['winoground/data.json']);
});

test('a file of a zip whose bytes are not those that its checksum is of is refused', async () => {
  const zip = await zipOf(images);
  const { faults, files } = await of(changed(zip, (header) => header.writeUInt8(header.readUInt8(16) ^ 1, 16)));
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(/^from\/images\.zip\/images\/ex_1_img_0\.png is cut short or damaged: download it again$/);
  expect(Object.keys(files)).not.toContain('winoground/images/ex_1_img_0.png');
});

test('a zip that was cut anywhere is named as cut short', async () => {
  const zip = await zipOf(images);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 30, max: zip.length - 23 }), async (length) => {
      const { unread } = await of(zip.subarray(0, length));
      expect(unread).toHaveLength(1);
      expect(unread[0]).toMatch(/^from\/images\.zip is cut short or damaged: download it again$/);
    }),
    { numRuns: 10 },
  );
});

test.each([true, false])('a tar (gzip %s) that was cut is named as cut short', async (gzip) => {
  const tar = await tarOf(images, gzip);
  const { unread } = await of(tar.subarray(0, gzip ? tar.length - 10 : 700), gzip ? 'images.tgz' : 'images.tar');
  expect(unread).toHaveLength(1);
  expect(unread[0]).toMatch(/^from\/images\.t\w+ is cut short or damaged: download it again$/);
});

test('an entry that would unpack to hundreds of times its size is refused before it is written', async () => {
  const zip = await zipOf(Object.fromEntries(Object.keys(images).map((path) => [path, Buffer.alloc(100e6)])), true);
  const { faults } = await of(zip);
  expect(faults[0]).toMatch(/would unpack to more than 300 times its size, as no data set does: download it again/);
});

test('of archives within archives three are looked into, and no fourth', async () => {
  let archive = await zipOf(images);
  for (const depth of [2, 3]) {
    archive = await zipOf({ 'inner.zip': archive });
    expect((await of(archive)).faults, `depth ${depth}`).toEqual([]);
  }
  const { unread } = await of(await zipOf({ 'inner.zip': archive }));
  expect(unread).toHaveLength(1);
  expect(unread[0]).toMatch(/inner\.zip is an archive within 3 others: unpack the outermost$/);
});

test.each([
  [
    'a web page',
    '<!doctype html><p>404',
    'images.zip',
    /images\.zip is a web page \(HTML\) and no archive: download it again/,
  ],
  [
    'a pointer',
    'version https://git-lfs.github.com/spec/v1\noid',
    'images.zip',
    /is a Git LFS pointer: run `git lfs pull`/,
  ],
  ['a RAR archive', 'Rar!\x1a\x07\0', 'images.rar', /is an archive that is not read here: unpack it/],
])('%s in place of an archive is named', async (_what, content, name, sentence) => {
  const { unread } = await of(Buffer.from(content, 'latin1'), name);
  expect(unread).toHaveLength(1);
  expect(unread[0]).toMatch(sentence);
});

test('an empty zip holds nothing, and says nothing', async () => {
  const { unread, faults } = await of(await zipOf({}));
  expect(unread).toEqual([]);
  expect(faults[0]).toMatch(/^winoground lacks its images/);
});

test('metadata that name places outside of the root are refused, and nothing is written there', async () => {
  const evil = {
    'clevr/captions/spatial.json': { '../../../evil.png': [['a', 'b']] },
    'clevr/images/evil.png': pixels('evil'),
  };
  const { faults, root } = await preparedFrom([await given(evil)]);
  expect(faults[0]).toMatch(/is wanted as "clevr\/images\/\.\.\/\.\.\/\.\.\/evil\.png", which is no plain path/);
  await expect(stat(join(root, '../../evil.png'))).rejects.toThrow(/ENOENT/);
});
