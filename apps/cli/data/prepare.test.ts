import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { ZipFile } from 'yazl';
import { gdbench } from '../../../test/support/command.ts';
import { newFolder } from '../../../test/support/folder.ts';
import { writeTinyData } from '../../../test/support/tiny-data.ts';

const scratch = newFolder();
const at = (...names: string[]) => path.join(scratch, ...names);
const prepare = (...words: string[]) => gdbench(['data', 'prepare', ...words]).ended;

beforeAll(async () => {
  await writeTinyData(at('hand'));
  await writeTinyData(at('downloads'));
  // CLEVR in other letters and one folder too deep; Winoground as JSON lines and a zip
  await rename(at('downloads/clevr'), at('downloads/CLEVR'));
  await mkdir(at('downloads/CLEVR/images/images'));
  for (const n of [0, 1, 2])
    await rename(
      at(`downloads/CLEVR/images/CLEVR_val2_00000${n}.png`),
      at(`downloads/CLEVR/images/images/CLEVR_val2_00000${n}.png`),
    );
  const rows: object[] = JSON.parse(await readFile(at('hand/winoground/data.json'), 'utf8'));
  await writeFile(at('hand/winoground/data.json'), JSON.stringify(rows, null, 4));
  const names = rows.flatMap((_, id) => [0, 1].map((k) => `ex_${id}_img_${k}.png`));
  await zip(at('downloads/winoground.zip'), [
    ['examples.jsonl', Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n'))],
    ...(await Promise.all(
      names.map(
        async (name) => [`images/${name}`, await readFile(at('hand/winoground/images', name))] as [string, Buffer],
      ),
    )),
  ]);
  await rm(at('downloads/winoground'), { recursive: true });
});

async function zip(file: string, entries: readonly [string, Buffer][]): Promise<void> {
  const archive = new ZipFile();
  for (const [name, bytes] of entries) archive.addBuffer(bytes, name);
  archive.end();
  await pipeline(archive.outputStream, createWriteStream(file));
}

test('what was downloaded becomes the root that was laid out by hand, verified at the end; --json is one object', async () => {
  const { code, stdout, stderr } = await prepare(at('downloads'), '--into', at('root'), '--json');
  expect([code, stderr]).toEqual([0, '']);
  const { root, tasks, prepared, faults } = JSON.parse(stdout);
  expect([root, Object.keys(tasks), faults]).toEqual([at('root'), ['clevr', 'winoground'], []]);
  const hand = await gdbench(['data', 'verify', at('hand'), '--task', 'clevr,winoground', '--json']).ended;
  expect(tasks).toEqual(JSON.parse(hand.stdout).tasks);
  expect(prepared).toEqual(JSON.parse(await readFile(at('root/prepared.json'), 'utf8')));
  expect(prepared.sets.winoground.images).toMatchObject([{ from: 'downloads/winoground.zip/images/', count: 6 }]);
});

test('without it, a line for each file that was made, what was left out, then what verify prints', async () => {
  const { code, stdout, stderr } = await prepare(at('downloads'), '--into', at('lines'), '--task', 'winoground');
  expect([code, stderr]).toEqual([0, '']);
  const lines = stdout.split('\n');
  expect(lines).toContain(
    'winoground: winoground/data.json from downloads/winoground.zip/examples.jsonl, written from JSON lines in the official form',
  );
  expect(lines).toContain('winoground: 6 images from downloads/winoground.zip/images/');
  expect(lines.some((line) => line.startsWith('left out: ') && line.includes('it was not needed'))).toBe(true);
  const { stdout: verified } = await gdbench(['data', 'verify', at('lines'), '--task', 'winoground']).ended;
  const table = (text: string) => text.slice(text.indexOf(at('lines')));
  expect(table(stdout)).toBe(table(verified));
});

test('SVO: images that are dead are named for what they are, and their rows left out', async () => {
  const color = (n: number) =>
    sharp({ create: { width: 40, height: 30, channels: 3, background: { r: n * 30, g: 9, b: 9 } } });
  const columns =
    'sentence,pos_triplet,neg_triplet,pos_url,neg_url,pos_image_id,neg_image_id,subj_neg,verb_neg,obj_neg';
  const row = (pos: number, neg: number) =>
    `A ${pos}.,"a,b,c","a,d,c",http://x,http://x,${pos},${neg},False,True,False`;
  await mkdir(at('svo/fetched'), { recursive: true });
  await writeFile(
    at('svo/svo_probes.csv'),
    [columns, row(0, 1), row(2, 3), row(4, 5), row(6, 7), row(0, 6)].join('\n'),
  );
  for (const id of [0, 2, 4, 6])
    await color(id)
      .jpeg()
      .toFile(at(`svo/fetched/${id}.jpg`));
  await writeFile(at('svo/fetched/1.jpg'), '<!DOCTYPE html><html><body>Not found</body></html>');
  await writeFile(at('svo/fetched/3.jpg'), '');
  await writeFile(at('svo/fetched/5.jpg'), Buffer.from(`BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0`, 'latin1'));
  await color(7).avif().toFile(at('svo/fetched/7.jpg'));
  const { code, stdout, stderr } = await prepare(at('svo'), '--into', at('svo-root'));
  expect([code, stderr]).toEqual([0, '']);
  const kept = JSON.parse(await readFile(at('svo-root/svo/svo.json'), 'utf8'));
  expect(kept.map((one: { pos_id: string; neg_id: string }) => [one.pos_id, one.neg_id])).toEqual([['0.jpg', '6.jpg']]);
  for (const words of [
    '1.jpg cannot be decoded (it is a web page (HTML); ',
    '3.jpg cannot be decoded (it is empty; ',
    '5.jpg cannot be decoded (it is a BMP image; ',
    '7.jpg cannot be decoded (it is an AVIF image; ',
  ])
    expect(stdout).toContain(`svo: left out: svo/fetched/${words}`);
  expect(stdout).toMatch(
    /svo: 1 of 5 rows have both images \(1 verb, 0 subj, 0 obj\); svo\/svo\.json has the sha256 [0-9a-f]{64}\n/,
  );
});

test('what cannot run ends with 1 and one line: what is missing, where it is had, and on which terms', async () => {
  const { code, stdout, stderr } = await prepare(
    at('downloads'),
    '--into',
    at('less'),
    '--task',
    'clevr',
    '--task',
    'mmbias,pets',
  );
  expect(code).toBe(1);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(/nothing of pets was found: .*robots\.ox\.ac\.uk.*CC BY-SA 4\.0/);
  expect(stderr).toMatch(/nothing of mmbias was found: .*github\.com\/sepehrjng92\/MMBias/);
  expect(stderr).toMatch(/; mmbias, pets cannot run\.\n$/);
  expect(stdout).toMatch(/^clevr +ready/m);
});

test('an image that is none is left out and named; one that cannot be decoded is told by the verdict at the end', async () => {
  await writeTinyData(at('broken'));
  await writeFile(at('broken/winoground/images/ex_1_img_0.png'), '<html><p>sorry</p></html>');
  const image = at('broken/winoground/images/ex_2_img_0.png');
  await writeFile(image, (await readFile(image)).subarray(0, -20));
  const { code, stdout, stderr } = await prepare(at('broken'), '--into', at('broken-root'));
  expect(code).toBe(1);
  expect(stdout).toContain('left out: broken/winoground/images/ex_1_img_0.png is a web page (HTML): download it again');
  expect(stdout).toMatch(/winoground\/images\/ex_1_img_0\.png is missing\n/);
  expect(stdout).toMatch(/winoground\/images\/ex_2_img_0\.png cannot be decoded \(/);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(
    /^winoground lacks 1 of 6 images \(winoground\/images\/ex_1_img_0\.png\): .*; winoground cannot run\.\n$/,
  );
});

test.concurrent.for([
  ['no root', () => [at('downloads')], /^Required option '--into <root>' not specified/],
  ['nothing given', () => ['--into', at('x')], /^Missing required argument 'from'/],
  [
    'a place that is not there',
    () => [at('nowhere'), '--into', at('x')],
    /nowhere is not there: give a folder or a file/,
  ],
  [
    'a file for a root',
    () => [at('downloads'), '--into', at('downloads/winoground.zip')],
    /winoground\.zip is a file: give --into a folder/,
  ],
  [
    'a part of the root',
    () => [at('hand/clevr'), '--into', at('hand')],
    /lies in the data root .*: give --into another folder/,
  ],
  ['the root itself', () => [at('hand'), '--into', at('hand')], /is or lies in the data root/],
  [
    'a task that is none',
    () => [at('downloads'), '--into', at('x'), '--task', 'clever'],
    /^--task names "clever", which is no task/,
  ],
  [
    'rows of a file that is none',
    () => [at('downloads'), '--into', at('x'), '--only', at('nowhere')],
    /nowhere is no file: give --only/,
  ],
] as const)('%s ends with 2 and one sentence', async ([_what, words, sentence], { expect }) => {
  const { code, stdout, stderr } = await prepare(...words());
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(sentence);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});
