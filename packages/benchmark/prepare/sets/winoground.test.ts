import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { zipOf } from '../../../../test/support/archive.ts';
import { given, pixels, preparedFrom, versionsOf } from '../../../../test/support/prepared-root.ts';

const captions = (id: number) => ({ caption_0: `${id} “café” on`, caption_1: `on ${id} “café”` });
const row = (id: number) => ({
  id,
  ...captions(id),
  tag: 'Noun',
  secondary_tag: '',
  num_main_preds: 1,
  collapsed_tag: 'Object',
});
const names = (id: number) => [0, 1].map((k) => `ex_${id}_img_${k}.png`);
const images = (folder: string, ids: number[]) =>
  Object.fromEntries(ids.flatMap((id) => names(id).map((name) => [`${folder}/${name}`, pixels(name)])));

/** What Python's json.dump(rows, file, indent=4) writes, which is the form of the published file. */
const official = (ids: number[]) =>
  `[\n${ids
    .map((id) =>
      [
        '    {',
        `        "id": ${id},`,
        `        "caption_0": "${id} \\u201ccaf\\u00e9\\u201d on",`,
        `        "caption_1": "on ${id} \\u201ccaf\\u00e9\\u201d",`,
        '        "tag": "Noun",',
        '        "secondary_tag": "",',
        '        "num_main_preds": 1,',
        '        "collapsed_tag": "Object"',
        '    }',
      ].join('\n'),
    )
    .join(',\n')}\n]`;

const byHand = (ids: number[]) => ({ 'winoground/data.json': official(ids), ...images('winoground/images', ids) });

async function handVersion(ids: number[]): Promise<Record<string, string>> {
  return versionsOf(await given(byHand(ids)));
}

test('JSON lines and images.zip, as Hugging Face gives them, become the official file, to the byte', async () => {
  const lines = [7, 3].map((id) =>
    JSON.stringify({ ...row(id), image_0: `ex_${id}_img_0`, image_1: `ex_${id}_img_1` }),
  );
  const zip = await zipOf(images('images', [3, 7]));
  const from = await given({ 'data/examples.jsonl': `\ufeff${lines.join('\r\n')}\r\n`, 'data/images.zip': zip });
  const { faults, files, root } = await preparedFrom([from]);
  expect(faults).toEqual([]);
  expect(files['winoground/data.json']).toBe(official([7, 3]));
  expect(await versionsOf(root)).toEqual(await handVersion([7, 3]));
});

test.each(['NaN', 'null'])(
  '%s in place of an empty tag is an empty tag, and a caption that says so stays',
  async (word) => {
    const rows = [{ ...row(1), caption_0: 'NaN, null and "NaN"' }];
    const text = JSON.stringify(rows).replace('"secondary_tag":""', `"secondary_tag":${word}`);
    const { faults, files, record } = await preparedFrom([
      await given({ 'data.json': text, ...images('images', [1]) }),
    ]);
    expect(faults).toEqual([]);
    expect(JSON.parse(files['winoground/data.json']!)).toEqual(rows);
    expect(record.sets.winoground?.metadata[0]?.made).toBe('mended: NaN and null are empty tags');
  },
);

test('a row that stands there twice stands there once; of two rows of one id neither is taken', async () => {
  const rows = [row(7), row(3), row(7)];
  const { faults, files, record } = await preparedFrom([await given({ 'data.json': rows, ...images('i', [3, 7]) })]);
  expect(faults).toEqual([]);
  expect(files['winoground/data.json']).toBe(official([7, 3]));
  expect(record.sets.winoground?.metadata[0]?.made).toBe('mended: 1 row that stood there twice stands there once');
  const other = [row(7), { ...row(7), caption_0: 'other' }];
  const refused = await preparedFrom([await given({ 'data.json': other, ...images('i', [7]) })]);
  expect(refused.faults[0]).toBe('from/data.json holds two different rows of the id 7: download it again');
});

test('beside a list that is cut short, JSON lines of the same rows are taken, and the list is named', async () => {
  const text = JSON.stringify([row(7), row(3)]);
  const lines = [7, 3].map((id) => JSON.stringify(row(id))).join('\n');
  const from = { 'data.json': text.slice(0, -40), 'examples.jsonl': lines, ...images('i', [3, 7]) };
  const { faults, files, record } = await preparedFrom([await given(from)]);
  expect(faults).toEqual([]);
  expect(files['winoground/data.json']).toBe(official([7, 3]));
  expect(record.sets.winoground?.leftOut[0]).toMatchObject({
    why: 'is not valid JSON, or is cut short: download it again',
    first: ['from/data.json'],
  });
});

const published = process.env.GDBENCH_OFFICIAL;

test.skipIf(!published)('rows of the published file in another order become that file, to the byte', async () => {
  const text = await readFile(join(published!, 'winoground/data.json'), 'utf8');
  const shuffled = JSON.stringify(JSON.parse(text).reverse());
  const { files } = await preparedFrom([await given({ 'data.json': shuffled, ...images('i', [0]) })]);
  expect(files['winoground/data.json']).toBe(text);
});

/** A table as Hugging Face keeps it: images as {bytes, path} in their own columns. */
function table(ids: number[]): Buffer {
  const rows = ids.map(row);
  const image = (k: number) => ids.map((id) => ({ bytes: new Uint8Array(pixels(names(id)[k]!)), path: names(id)[k]! }));
  const column = <T>(name: string, data: T[], type?: 'STRING' | 'INT32') => ({ name, data, ...(type ? { type } : {}) });
  const texts = ['caption_0', 'caption_1', 'tag', 'secondary_tag', 'collapsed_tag'] as const;
  const group = (name: string) => [
    { name, repetition_type: 'OPTIONAL' as const, num_children: 2 },
    { name: 'bytes', type: 'BYTE_ARRAY' as const, repetition_type: 'OPTIONAL' as const },
    {
      name: 'path',
      type: 'BYTE_ARRAY' as const,
      repetition_type: 'OPTIONAL' as const,
      converted_type: 'UTF8' as const,
    },
  ];
  const plain = (name: string) => ({
    name,
    type: 'BYTE_ARRAY' as const,
    repetition_type: 'OPTIONAL' as const,
    converted_type: 'UTF8' as const,
  });
  const whole = (name: string) => ({ name, type: 'INT32' as const, repetition_type: 'REQUIRED' as const });
  return Buffer.from(
    parquetWriteBuffer({
      schema: [
        { name: 'root', num_children: 9 },
        whole('id'),
        ...group('image_0'),
        ...group('image_1'),
        ...texts.map(plain),
        whole('num_main_preds'),
      ],
      columnData: [
        column('id', ids),
        column('image_0', image(0)),
        column('image_1', image(1)),
        ...texts.map((name) =>
          column(
            name,
            rows.map((one) => one[name]),
          ),
        ),
        column(
          'num_main_preds',
          rows.map((one) => one.num_main_preds),
        ),
      ],
    }),
  );
}

test('a Parquet table with its images in it becomes the official file and the images, to the byte, in one part or in several', async () => {
  const ids = Array.from({ length: 20 }, (_, i) => i);
  const version = await handVersion(ids);
  for (const parts of [[ids], [ids.slice(0, 9), ids.slice(9)]]) {
    const tree = Object.fromEntries(parts.map((part, i) => [`data/test-0000${i}.parquet`, table(part)]));
    const { faults, root, files } = await preparedFrom([await given(tree)]);
    expect(faults).toEqual([]);
    expect(files['winoground/data.json']).toBe(official(ids));
    expect(await versionsOf(root)).toEqual(version);
  }
});

test('the official file is copied to the byte, whatever its form, and is preferred to other forms of it', async () => {
  const compact = JSON.stringify([row(1)]);
  const from = await given({
    'a/data.json': compact,
    'b/examples.jsonl': `${JSON.stringify(row(1))}\n`,
    ...images('c', [1]),
  });
  const { files, record } = await preparedFrom([from]);
  expect(files['winoground/data.json']).toBe(compact);
  expect(record.sets.winoground?.leftOut.flatMap(({ first }) => first)).toEqual(['from/b/examples.jsonl']);
});

test.each([
  ['is cut short', `${official([1]).slice(0, -40)}`, /from\/data\.json is not valid JSON, or is cut short/],
  ['lacks a caption', JSON.stringify([{ id: 1, caption_0: 'a', tag: '' }, { caption_1: '' }]), /no caption_1 in row 0/],
])('a file that %s is refused by name', async (_what, text, sentence) => {
  const { faults, files } = await preparedFrom([await given({ 'data.json': text, ...images('images', [1]) })]);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(sentence);
  expect(files).toEqual({});
});

test('images that are missing are counted, with their address and terms', async () => {
  const { faults, record } = await preparedFrom([await given({ 'data.json': [row(1), row(2)], ...images('x', [1]) })]);
  expect(faults).toEqual([
    'winoground lacks 2 of 4 images (winoground/images/ex_2_img_0.png and 1 more): their source is https://huggingface.co/datasets/facebook/winoground (after a login; terms: research only, with an agreement to accept; images by Getty Images); run the same command again with them',
  ]);
  expect(record.sets.winoground?.missing?.count).toBe(2);
});
