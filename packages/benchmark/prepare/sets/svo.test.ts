import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { given, pixels, preparedFrom, versionsOf } from '../../../../test/support/prepared-root.ts';

const COLUMNS = 'sentence,pos_triplet,neg_triplet,pos_url,neg_url,pos_image_id,neg_image_id,subj_neg,verb_neg,obj_neg';
/** A row of svo_probes.csv, of images `pos` and `neg`. */
const line = (sentence: string, pos: number, neg: number, type: 'subj' | 'verb' | 'obj') =>
  [
    `"${sentence.replaceAll('"', '""')}"`,
    '"a,b,c"',
    '"a,d,c"',
    `http://x/${pos}.jpg`,
    `http://x/${neg}.jpg`,
    pos,
    neg,
    ...['subj', 'verb', 'obj'].map((one) => (one === type ? 'True' : 'False')),
  ].join(',');
const csv = [
  COLUMNS,
  line('A girl, who "runs", sits.', 1, 2, 'verb'),
  line('A man stands.', 1, 3, 'subj'),
  line('A cat eats fish.', 4, 5, 'obj'),
  line('A dog runs.', 6, 2, 'verb'),
].join('\n');

const row = (sentence: string, pos: number, neg: number, neg_type: string) => ({
  pos_id: `${pos}.jpg`,
  neg_id: `${neg}.jpg`,
  sentence,
  pos_triplet: 'a,b,c',
  neg_triplet: 'a,d,c',
  neg_type,
});
const html = Buffer.from('<!doctype html><p>404');

test('the rows of the table whose images are both there and decoded are an edition, with counts and a hash', async () => {
  // 3 is dead, 4 is a web page, 5 is there under another ending
  const images = {
    'i/1.jpg': pixels('1'),
    'i/2.PNG': pixels('2'),
    'i/4.jpg': html,
    'i/5.png': pixels('5'),
    'i/6.jpeg': pixels('6'),
  };
  const from = await given({ 'svo_probes.csv': csv, ...images });
  const { faults, notes, files, record, tasks, root } = await preparedFrom([from]);
  expect(faults).toEqual([]);
  const kept = [row('A girl, who "runs", sits.', 1, 2, 'verb'), row('A dog runs.', 6, 2, 'verb')];
  expect(files['svo/svo.json']).toBe(JSON.stringify(kept, null, 4));
  expect(Object.keys(files).filter((file) => file.includes('/images/'))).toEqual(
    ['1', '2', '6'].map((id) => `svo/images/${id}.jpg`),
  );
  expect(tasks).toEqual(['svo_verb']);
  const hash = createHash('sha256').update(files['svo/svo.json']!).digest('hex');
  expect(notes).toEqual([
    `svo: 2 of 4 rows have both images (2 verb, 0 subj, 0 obj); svo/svo.json has the sha256 ${hash}`,
  ]);
  expect(record.sets.svo?.edition).toEqual({ rows: 2, of: 4, verb: 2, subj: 0, obj: 0, sha256: hash });
  expect(record.sets.svo?.leftOut).toEqual([
    { why: 'cannot be decoded (it is no image)', files: 1, first: ['from/i/4.jpg'] },
    { why: 'was not found, so that its rows are left out', files: 1, first: ['svo/images/3.jpg'] },
  ]);
  expect(Object.keys(await versionsOf(root))).toEqual(['svo_verb']);
});

test("with another lab's svo.json both have the rows that both have", async () => {
  const ours = {
    'svo_probes.csv': csv,
    ...Object.fromEntries([1, 2, 3, 6].map((id) => [`svo/${id}.jpg`, pixels(`${id}`)])),
  };
  const from = await given(ours);
  const theirs = join(from, '../theirs.json');
  await writeFile(theirs, JSON.stringify([row('A man stands.', 1, 3, 'subj'), row('A cat eats fish.', 4, 5, 'obj')]));
  const { files, record } = await preparedFrom([from], { only: theirs });
  expect(JSON.parse(files['svo/svo.json']!)).toEqual([row('A man stands.', 1, 3, 'subj')]);
  expect(record.sets.svo?.edition).toMatchObject({ rows: 1, of: 4, only: 'theirs.json' });
});

test('a svo.json all of whose images are there is copied to the byte; of another its rows', async () => {
  const text = ` ${JSON.stringify([row('A man stands.', 1, 3, 'subj'), row('A dog runs.', 6, 2, 'verb')])}\n`;
  const images = Object.fromEntries([1, 2, 3, 6].map((id) => [`svo/images/${id}.jpg`, pixels(`${id}`)]));
  expect((await preparedFrom([await given({ 'svo.json': text, ...images })])).files['svo/svo.json']).toBe(text);
  const { 'svo/images/3.jpg': _, ...fewer } = images;
  const { files } = await preparedFrom([await given({ 'svo.json': text, ...fewer })]);
  expect(JSON.parse(files['svo/svo.json']!)).toEqual([row('A dog runs.', 6, 2, 'verb')]);
});

test('the three rows of the repository are nothing beside the table', async () => {
  const sample = { 'repo/data/svo/svo.json': [row('A man stands.', 1, 3, 'subj')] };
  const images = Object.fromEntries([2, 6].map((id) => [`svo/${id}.jpg`, pixels(`${id}`)]));
  const { files, record } = await preparedFrom([await given({ ...sample, 'svo_probes.csv': csv, ...images })]);
  expect(JSON.parse(files['svo/svo.json']!)).toEqual([row('A dog runs.', 6, 2, 'verb')]);
  expect(record.sets.svo?.leftOut[0]?.first).toEqual(['from/repo/data/svo/svo.json']);
});

test('without a whole pair the reasons are told, and nothing is written; without images their source is', async () => {
  const dead = await preparedFrom([
    await given({ 'svo_probes.csv': csv, 'i/1.jpg': html, 'i/2.jpg': html, 'i/3.jpg': pixels('3') }),
  ]);
  expect(dead.faults).toHaveLength(1);
  expect(dead.faults[0]).toMatch(
    /^svo: no row of from\/svo_probes\.csv has both images, found and decoded: from\/i\/1\.jpg cannot be decoded \(it is no image\) and so 1 more$/,
  );
  expect(dead.files).toEqual({});
  const none = await preparedFrom([await given({ 'svo_probes.csv': csv })]);
  expect(none.faults).toHaveLength(1);
  expect(none.faults[0]).toMatch(
    /^svo lacks its images: their source is https:\/\/github\.com\/google-deepmind\/svo_probes/,
  );
  expect(none.files).toEqual({});
});

test.each([
  ['cut short', `${COLUMNS}\n"a,b`, 'is cut short: a quotation mark in line 2 is never closed'],
  [
    'of other rows',
    `${COLUMNS}\na,b`,
    'is no table as svo_probes.csv is: its cells in line 2 are not those of its first line',
  ],
  ['of another encoding', Buffer.from(`${csv}\ncaf\xe9`, 'latin1'), 'is not UTF-8 text, as svo_probes.csv is'],
])('a table that is %s is named', async (_what, table, words) => {
  const { faults, files } = await preparedFrom([await given({ 'svo_probes.csv': table, 'svo/1.jpg': pixels('1') })]);
  expect([faults[0], files]).toEqual([`from/svo_probes.csv ${words}: download it again`, {}]);
});

test('a table that another program saved has the same rows; one that cannot be asked is left out by its place', async () => {
  const images = Object.fromEntries([1, 2, 3, 4, 5, 6].map((id) => [`svo/${id}.jpg`, pixels(`${id}`)]));
  const plain = await preparedFrom([await given({ 'svo_probes.csv': csv, ...images })]);
  // semicolons, a byte order mark, line ends of Windows, numbers with a fraction, and a row without a sentence
  const lines = csv.split('\n').map((text) => text.replaceAll(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/g, ';'));
  const saved = [...lines, '"";"a,b,c";"a,d,c";u;u;1;2;True;False;False'].join('\r\n').replace(';1;2;', ';1.0;2.0;');
  const { faults, files, record } = await preparedFrom([
    await given({ 'svo_probes.csv': `\uFEFF${saved}`, ...images }),
  ]);
  expect(faults).toEqual([]);
  expect(files).toEqual(plain.files);
  expect(record.sets.svo?.edition).toMatchObject({
    rows: 4,
    of: 5,
    leftOut: [{ row: 4, why: 'sentence: a text that is not empty is expected, and "" found' }],
  });
});

test('a second run with more images makes another edition, which is refused where the first stands', async () => {
  const images = (ids: number[]) => Object.fromEntries(ids.map((id) => [`svo/${id}.jpg`, pixels(`${id}`)]));
  const from = await given({ 'svo_probes.csv': csv, ...images([2, 6]) });
  const first = await preparedFrom([from]);
  await writeFile(join(from, 'svo/1.jpg'), pixels('1'));
  const second = await preparedFrom([from]);
  expect(second.faults).toEqual([
    'svo/svo.json is in the data root with other content than from/svo_probes.csv: prepare into another folder, or remove it first',
  ]);
  expect(await readFile(join(first.root, 'svo/svo.json'), 'utf8')).toBe(first.files['svo/svo.json']);
});
