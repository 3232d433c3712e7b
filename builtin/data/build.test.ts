import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Arrived, arrivedIn } from '@gdbench/benchmark/arrival';
import { readAnnouncedVersions } from '@gdbench/benchmark/data-set';
import { foretellTask, listTasks, loadTask } from '@gdbench/benchmark/load';
import { TASK_NAMES, type TaskData, type TaskName } from '@gdbench/benchmark/task';
import { CLEVR_SUBTASKS } from '@gdbench/benchmark/tasks';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { each } from '../../test/support/each.ts';
import { buildData, isComplete } from './build.ts';
import { foldersOf, PLANNER_NAMES, PLANNERS } from './planners.ts';
import type { Manifest } from './set-folder.ts';
import { DATA_VERSIONS, SET_NAME, SET_SHA256, SET_VERSION } from './version.ts';

let home: string;
let root: string;
let manifest: Manifest;
/** SHA-256 of each file, by its path from the root. */
let hashes: Map<string, string>;
/** What came while the set was drawn, each with the tasks that could be read of it then. */
let arrivals: { arrived: Arrived; tasks: TaskData[] }[];

async function hashesOf(dir: string): Promise<Map<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((e) => e.isFile()).map((e) => path.relative(dir, path.join(e.parentPath, e.name)));
  const pairs = files.sort().map(async (file): Promise<[string, string]> => {
    const bytes = await readFile(path.join(dir, file));
    return [file, createHash('sha256').update(bytes).digest('hex')];
  });
  return new Map(await Promise.all(pairs));
}

const json = async (file: string): Promise<unknown> => JSON.parse(await readFile(path.join(root, file), 'utf8'));

/** The exit code of a process that draws a set; it is told to end when `interruptedAt` has come. */
async function drawnInAProcess(out: string, interruptedAt?: Arrived): Promise<number | null> {
  const child = fork(path.join(import.meta.dirname, 'build.ts'), [out], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.on('message', (message) => {
    if (arrivedIn(message) === interruptedAt) child.kill('SIGTERM');
  });
  return new Promise((resolve) => child.once('close', resolve));
}

/** What a process that was interrupted once CLEVR was there had left, and how it ended. */
let interrupted: { code: number | null; hashes: Map<string, string>; isComplete: boolean; beside: string[] };
/** What was told of the drawing. */
let progress: { done: number; total: number }[];

/** The one drawing that all tests below look at. It finds what an interrupted one and another state of this version have left. */
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'builtin-data-'));
  root = path.join(home, 'set');
  const code = await drawnInAProcess(root, 'clevr');
  const [left, complete, beside] = await Promise.all([hashesOf(root), isComplete(root), readdir(home)]);
  interrupted = { code, hashes: left, isComplete: complete, beside };
  await writeFile(path.join(root, 'clevr/images/of_another_state.png'), 'of another state');
  const [lost, spoilt] = [...left.keys()].filter((file) => file.startsWith('clevr/images/'));
  await rm(path.join(root, lost!));
  await writeFile(path.join(root, spoilt!), 'of another state');
  const reading: Promise<(typeof arrivals)[number]>[] = [];
  progress = [];
  const drawing = buildData(root, {
    onArrived: (arrived) => reading.push(read(arrived)),
    onProgress: (step) => progress.push(step),
  });
  manifest = await drawing;
  arrivals = await Promise.all(reading);
  hashes = await hashesOf(root);
}, 300_000);

/** What can be read of the set once this has arrived. */
async function read(arrived: Arrived): Promise<(typeof arrivals)[number]> {
  if (arrived !== 'examples') return { arrived, tasks: [await loadTask(root, arrived as TaskName)] };
  const versions = await readAnnouncedVersions(root);
  const tasks = TASK_NAMES.map((task) => foretellTask(root, task, versions[task] ?? 'not announced'));
  return { arrived, tasks: await Promise.all(tasks) };
}

afterAll(async () => {
  await rm(home, { recursive: true, force: true });
});

describe('the set', () => {
  it('is the one that its version names', () => {
    expect(
      manifest.sha256,
      'a text or a pixel has changed: raise SET_VERSION in builtin/data/version.ts, and set SET_SHA256 and DATA_VERSIONS to what was drawn.',
    ).toBe(SET_SHA256);
  });

  it('serves all sixteen tasks with the examples and images that are meant', async () => {
    const counts: Record<string, [examples: number, images: number]> = {
      clevr: [7 * 400, 400],
      winoground: [400, 800],
      flickr30k_image: [100, 100],
      flickr30k_text: [100, 100],
      svo_subj: [400, 800],
      svo_verb: [400, 800],
      svo_obj: [400, 800],
      vg_relation: [400, 400],
      vg_attribution: [400, 400],
      coco_order: [100, 100],
      flickr30k_order: [100, 100],
      imagecode: [100, 250],
      imagecode_video: [100, 250],
      pets: [37 * 3, 37 * 3],
      mmbias: [48, 48],
      genderbias: [72, 72],
    };
    const listings = await listTasks(root);
    expect(listings.filter(({ runnable }) => !runnable)).toEqual([]);
    expect(Object.keys(counts).sort()).toEqual([...TASK_NAMES].sort());
    expect(Object.fromEntries(listings.map((l) => [l.task, [l.examples, l.images.named]]))).toEqual(counts);
    expect(Object.fromEntries(Object.entries(manifest.tasks).map(([t, c]) => [t, [c.examples, c.images]]))).toEqual(
      counts,
    );
  });

  it('can be planned with while it is drawn, and each task be scored as soon as it is there', async () => {
    const tasks = await Promise.all(TASK_NAMES.map((task) => loadTask(root, task)));
    expect(Object.fromEntries(tasks.map(({ task, dataVersion }) => [task, dataVersion]))).toEqual(DATA_VERSIONS);
    const edition = { state: 'whole', name: `${SET_NAME} ${SET_VERSION}` };
    for (const one of tasks) expect(one.edition).toMatchObject({ ...edition, examples: one.examples.length });
    expect(arrivals.map(({ arrived }) => arrived)).toEqual(['examples', ...TASK_NAMES]);
    expect(arrivals[0]!.tasks).toEqual(tasks);
    expect(arrivals.slice(1).flatMap((arrival) => arrival.tasks)).toEqual(tasks);
  });

  it('holds the files that are planned and nothing else', () => {
    const planned = PLANNER_NAMES.flatMap((name) => {
      const { texts, pictures } = PLANNERS[name](0);
      const files = [...texts, ...pictures].map(({ file }) => file);
      expect(new Set(files.map((file) => file.split('/')[0]))).toEqual(new Set(foldersOf(name)));
      return files;
    });
    expect(new Set(planned).size).toBe(planned.length);
    expect([...hashes.keys()].sort()).toEqual([...planned, 'manifest.json'].sort());
    expect(manifest.files).toBe(planned.length);
  });

  it('has one [right, wrong] pair a CLEVR subtask an image', async () => {
    const pictures = (await readdir(path.join(root, 'clevr/images'))).sort();
    for (const subtask of CLEVR_SUBTASKS) {
      const captions = (await json(`clevr/captions/${subtask}.json`)) as Record<string, [string, string][]>;
      expect(Object.keys(captions).sort()).toEqual(pictures);
      expect(each(Object.values(captions)).every((list) => list.length === 1 && list[0]!.length === 2)).toBe(true);
    }
  });

  it('has winoground rows with the official fields, and no pair of captions twice', async () => {
    const rows = (await json('winoground/data.json')) as Record<string, unknown>[];
    for (const [i, row] of each(rows).entries()) {
      expect(row.id).toBe(i);
      expect(Object.keys(row)).toEqual([
        'id',
        'caption_0',
        'caption_1',
        'tag',
        'secondary_tag',
        'num_main_preds',
        'collapsed_tag',
      ]);
      expect(['Object', 'Relation']).toContain(row.collapsed_tag);
    }
    expect(new Set(rows.map((r) => [r.caption_0, r.caption_1].sort().join('\n'))).size).toBe(rows.length);
  });

  it('holds images of 64 x 64 RGB in the format of their name; one in two places only where tasks share it', async () => {
    const images = [...hashes.keys()].filter((file) => /\.(png|jpg)$/.test(file));
    const places = new Map<string, string[]>();
    for (const file of each(images)) {
      const { format, width, height, channels, hasAlpha } = await sharp(path.join(root, file)).metadata();
      expect([format, width, height, channels, hasAlpha]).toEqual([
        file.endsWith('.png') ? 'png' : 'jpeg',
        64,
        64,
        3,
        false,
      ]);
      const hash = hashes.get(file)!;
      places.set(hash, [...(places.get(hash) ?? []), file.split('/')[0]!]);
    }
    const shared = [...places.values()].filter((folders) => folders.length > 1).map((f) => f.sort().join(' '));
    expect(shared.filter((f) => f === 'vg_attribution vg_relation')).toHaveLength(400);
    expect(shared.filter((f) => f === 'flickr30k flickr30k_order')).toHaveLength(100);
    expect(shared).toHaveLength(500);
  });
});

const lost = () => path.join(root, 'winoground/images/ex_7_img_1.png');
const aside = () => path.join(home, 'lost.png');
const surplus = () => path.join(root, 'winoground/images/ex_9999_img_0.png');
const writeManifest = (content: Manifest) => writeFile(path.join(root, 'manifest.json'), JSON.stringify(content));

describe('buildData', () => {
  it('tells of each picture once, however many files show it', () => {
    // Of the images, 500 stand in two places and are drawn once.
    const total = [...hashes.keys()].filter((file) => /\.(png|jpg)$/.test(file)).length - 500;
    expect(progress).toEqual(Array.from({ length: total }, (_, i) => ({ done: i + 1, total })));
  });

  it('goes on after an interrupted build, which is no complete set and leaves no draft, to the same bytes', () => {
    expect(interrupted).toMatchObject({ code: 1, isComplete: false, beside: ['set'] });
    const left = [...interrupted.hashes].filter(([file]) => file !== 'manifest.json');
    expect(left.filter(([file]) => file.startsWith('clevr/images/'))).toHaveLength(400);
    expect(left.filter(([file, hash]) => hashes.get(file) !== hash)).toEqual([]);
  });

  it('leaves nothing beside the set', async () => {
    expect(await readdir(home)).toEqual(['set']);
  });

  it('leaves a complete set alone', async () => {
    const drawn: unknown[] = [];
    expect(await buildData(root, { onProgress: (step) => drawn.push(step) })).toEqual(manifest);
    expect(drawn).toEqual([]);
    expect(await hashesOf(root)).toEqual(hashes);
  });

  it.each<[string, spoil: () => Promise<void>, mend: () => Promise<void>]>([
    ['that lost a file', () => rename(lost(), aside()), () => rename(aside(), lost())],
    ['with a file too many', () => writeFile(surplus(), 'another'), () => rm(surplus())],
    [
      'of other contents under the same version',
      () => writeManifest({ ...manifest, sha256: '0'.repeat(64) }),
      () => writeManifest(manifest),
    ],
  ])('would draw a set %s again', async (_, spoil, mend) => {
    await spoil();
    expect(await isComplete(root)).toBe(false);
    await mend();
    expect(await isComplete(root)).toBe(true);
  });

  it('refuses a folder that holds something else, and leaves it as it was', async () => {
    const other = await mkdtemp(path.join(tmpdir(), 'builtin-other-'));
    await writeFile(path.join(other, 'letter.txt'), 'mine');
    await expect(buildData(other)).rejects.toThrow(/is not empty and holds no built-in data set/);
    expect(await readdir(other)).toEqual(['letter.txt']);
    await rm(other, { recursive: true });
  });
});

describe('another seed', () => {
  it('plans other scenes and other texts in the same files', () => {
    for (const name of ['clevr', 'winoground', 'svo', 'visual genome'] as const) {
      const [a, b] = [PLANNERS[name](0), PLANNERS[name](1)];
      expect(b.pictures.map(({ file }) => file)).toEqual(a.pictures.map(({ file }) => file));
      const scenes = new Set(a.pictures.map(({ scene }) => JSON.stringify(scene)));
      expect(b.pictures.filter(({ scene }) => scenes.has(JSON.stringify(scene)))).toEqual([]);
      expect(b.texts.map(({ text }) => text)).not.toEqual(a.texts.map(({ text }) => text));
    }
  });
});
