import { access, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { ask } from '@gdbench/schema/ask';
import { openStorage } from '@gdbench/storage/storage';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  CancelEvaluationDocument,
  EvaluationProgressDocument,
  ModelCardDocument,
  SubmissionDocument,
  SubmitCheckpointDocument,
  type SubmittedFragment,
} from '../../../test/generated/graphql.ts';
import { startTestApi, type TestApi } from '../../../test/support/api.ts';
import { each } from '../../../test/support/each.ts';
import { sha256 } from '../../../test/support/evaluation.ts';
import { openSocket } from '../../../test/support/socket.ts';

let test: TestApi;
beforeAll(async () => {
  test = await startTestApi();
});
afterAll(() => test.close());

const TUS = { 'tus-resumable': '1.0.0' };
const STREAM = { ...TUS, 'content-type': 'application/offset+octet-stream' };

type Submission = SubmittedFragment;
type File = Submission['files'][number];

async function submit(name: string, contents: Record<string, string>): Promise<Submission> {
  const files = Object.entries(contents).map(([path, text]) => ({
    path,
    size: Buffer.byteLength(text),
    sha256: sha256(text),
  }));
  const { submitCheckpoint } = await ask(test.url, SubmitCheckpointDocument, { input: { name, files } });
  if (submitCheckpoint.__typename !== 'SubmitCheckpointSuccess') throw new Error(submitCheckpoint.message);
  return submitCheckpoint.submission;
}
const read = async (id: string) => (await ask(test.url, SubmissionDocument, { id })).submission!;

const metadata = (fileId: string) => `fileId ${Buffer.from(fileId).toString('base64')}`;
const create = (fileId: string, length: number, url = test.url) =>
  fetch(`${url}/uploads`, {
    method: 'POST',
    headers: { ...TUS, 'upload-length': String(length), 'upload-metadata': metadata(fileId) },
  });
const send = (file: File, offset: number, bytes: string, url = test.url) =>
  fetch(`${url}${file.uploadUrl}`, {
    method: 'PATCH',
    headers: { ...STREAM, 'upload-offset': String(offset) },
    body: bytes,
  });
const head = (file: File, url = test.url) => fetch(`${url}${file.uploadUrl}`, { method: 'HEAD', headers: TUS });
const offsetOf = async (file: File) => Number((await head(file)).headers.get('upload-offset'));

/** Every test's content is its own, so that no file is stored from an earlier one. */
let content: string;
let only: File;
let submission: Submission;
let count = 0;
beforeEach(async () => {
  count += 1;
  content = `bytes of test ${count}, ${'0123456789'.repeat(1000)}`;
  submission = await submit(`upload ${count}`, { 'unet/model.onnx': content });
  only = submission.files[0] as File;
});

/** Who brought its evaluation, or the checkpoint that it waits for, into the state that it is in. */
async function broughtBy({ evaluation: { id } }: Submission): Promise<string | null> {
  const of = { where: { id }, include: { checkpoint: true } } as const;
  const { state, stateBy, checkpoint } = await test.db.prisma.evaluation.findUniqueOrThrow(of);
  return state === 'WAITING' ? checkpoint.stateBy : stateBy;
}

describe('an upload', () => {
  it('is stored by its hash, and the last file begins inspection', async () => {
    const two = await submit(`two files ${count}`, { 'a.json': `${content}a`, 'b.json': `${content}b` });
    for (const [i, file] of each(two.files).entries()) {
      const created = await create(file.id, content.length + 1);
      expect(created.status).toBe(201);
      expect(created.headers.get('location')).toBe(file.uploadUrl);
      expect((await send(file, 0, `${content}${'ab'[i]}`)).status).toBe(204);
      expect((await read(two.id)).evaluation.state).toBe(i === 0 ? 'UPLOADING' : 'INSPECTING');
    }
    expect((await read(two.id)).files.map(({ stored }) => stored)).toEqual([true, true]);
    expect(await broughtBy(two)).toBe('anonymous');
    const storage = await openStorage(test.config.storage);
    expect(await storage.has(sha256(`${content}a`))).toBe(true);
    const inspections = await test.db.prisma.work.count({
      where: { checkpoint: { evaluations: { some: { id: two.evaluation.id } } }, kind: 'INSPECT' },
    });
    expect(inspections).toBe(1);
    // nothing of it waits in the folder of unfinished uploads
    const left = await readdir(join(test.home, 'uploads'));
    expect(left.filter((name) => two.files.some(({ id }) => name.startsWith(id)))).toEqual([]);
  });

  it('that was cut off in the middle goes on from the offset that HEAD tells', async () => {
    await create(only.id, content.length);
    await cutOff(only, content.slice(0, 4000), content.length);
    const offset = await offsetOf(only);
    expect(offset).toBe(4000);
    expect((await read(submission.id)).evaluation.bytesStored).toBe(4000);
    expect((await send(only, offset, content.slice(offset))).status).toBe(204);
    expect((await read(submission.id)).evaluation.state).toBe('INSPECTING');
  });

  it('shows those who watch how many bytes have arrived', async () => {
    const socket = await openSocket(test.url);
    const progress = socket.subscribe(EvaluationProgressDocument, { id: submission.evaluation.id });
    const before = { bytesStored: 0, bytesTotal: content.length };
    expect(await progress.data()).toMatchObject({ evaluationProgress: before });
    await create(only.id, content.length);
    await send(only, 0, content.slice(0, 3000));
    await progress.until(({ evaluationProgress }) => evaluationProgress?.bytesStored === 3000);
    await socket.close();
  });

  it('goes on after the API was started anew', async () => {
    const first = await test.another();
    await create(only.id, content.length, first.url);
    await send(only, 0, content.slice(0, 5000), first.url);
    await first.close();
    const second = await test.another();
    expect((await head(only, second.url)).headers.get('upload-offset')).toBe('5000');
    expect((await send(only, 5000, content.slice(5000), second.url)).status).toBe(204);
    expect((await read(submission.id)).evaluation.state).toBe('INSPECTING');
    await second.close();
  });

  it('shows as complete once it is stored, and takes nothing more', async () => {
    await create(only.id, content.length);
    await send(only, 0, content);
    expect(await offsetOf(only)).toBe(content.length);
    expect((await create(only.id, content.length)).status).toBe(409);
    expect((await send(only, content.length, 'more')).status).toBe(409);
  });

  it('of an empty file is complete when it is created', async () => {
    const { files, id } = await submit(`empty ${count}`, { 'merges.txt': '', 'x.json': content });
    const empty = files.find(({ path }) => path === 'merges.txt') as File;
    if (!empty.stored) expect((await create(empty.id, 0)).status).toBe(201);
    expect((await read(id)).files.find(({ path }) => path === 'merges.txt')?.stored).toBe(true);
  });

  it('of a file that another submission has brought needs not be sent', async () => {
    await create(only.id, content.length);
    await send(only, 0, content);
    const again = await submit(`same files ${count}`, { 'elsewhere.onnx': content });
    expect(again.files[0]?.stored).toBe(true);
    expect(again.evaluation.state).toBe('INSPECTING');
  });
});

describe('an upload that does not fit', () => {
  it('is refused for another length than the manifest says', async () => {
    for (const length of [content.length - 1, content.length + 1]) {
      const answer = await create(only.id, length);
      expect(answer.status).toBe(400);
      expect(await answer.text()).toMatch(/manifest says that unet\/model\.onnx has \d+ bytes/);
    }
    expect((await head(only)).status).toBe(404);
    await create(only.id, content.length);
    expect((await send(only, 0, `${content}and more`)).status).toBe(413);
  });

  it('is refused and forgotten for another hash, and can be sent again', async () => {
    await create(only.id, content.length);
    const answer = await send(only, 0, content.replace('bytes', 'BYTES'));
    expect(answer.status).toBe(422);
    expect(await answer.text()).toBe(
      'unet/model.onnx arrived with another sha256 than the manifest says; send it again.\n',
    );
    expect((await head(only)).status).toBe(404);
    expect((await read(submission.id)).files[0]?.stored).toBe(false);
    expect((await create(only.id, content.length)).status).toBe(201);
    expect((await send(only, 0, content)).status).toBe(204);
    expect((await read(submission.id)).evaluation.state).toBe('INSPECTING');
  });

  it('is not cut short by a second creation, nor written at a wrong place', async () => {
    await create(only.id, content.length);
    await send(only, 0, content.slice(0, 100));
    expect((await create(only.id, content.length)).status).toBe(409);
    expect(await offsetOf(only)).toBe(100);
    expect((await send(only, 50, content.slice(50))).status).toBe(409);
    expect(await offsetOf(only)).toBe(100);
  });

  it.each(['01890000-0000-7000-8000-000000000000', '../../etc/passwd', 'x', '.'])(
    'to the unknown file %j is refused',
    async (id) => {
      expect((await create(id, 3)).status).toBe(404);
      const url = `/uploads/${encodeURIComponent(id)}`;
      expect((await head({ ...only, uploadUrl: url })).status).toBe(404);
      expect((await send({ ...only, uploadUrl: url }, 0, 'abc')).status).toBe(404);
    },
  );

  it('needs the tus protocol, a file id and a length', async () => {
    expect((await fetch(`${test.url}/uploads`, { method: 'POST' })).status).toBe(412);
    expect(
      (await fetch(`${test.url}/uploads`, { method: 'POST', headers: { ...TUS, 'upload-length': '3' } })).status,
    ).toBe(400);
    const deferred = { ...TUS, 'upload-defer-length': '1', 'upload-metadata': metadata(only.id) };
    expect((await fetch(`${test.url}/uploads`, { method: 'POST', headers: deferred })).status).toBe(501);
  });

  it('can be neither read nor deleted by others, nor made by foreign pages', async () => {
    await create(only.id, content.length);
    await send(only, 0, content.slice(0, 10));
    expect((await fetch(`${test.url}${only.uploadUrl}`)).status).toBe(405);
    expect((await fetch(`${test.url}${only.uploadUrl}`, { method: 'DELETE', headers: TUS })).status).toBe(405);
    const foreign = await fetch(`${test.url}${only.uploadUrl}`, {
      method: 'HEAD',
      headers: { ...TUS, origin: 'https://evil.example' },
    });
    expect(foreign.status).toBe(403);
    expect(await offsetOf(only)).toBe(10);
  });

  it('is refused once its evaluation was cancelled', async () => {
    await ask(test.url, CancelEvaluationDocument, { id: submission.evaluation.id });
    const answer = await create(only.id, content.length);
    expect(answer.status).toBe(409);
    expect(await answer.text()).toMatch(/takes no more files: it is CANCELLED/);
  });

  it('may come from the web pages of this machine', async () => {
    const origin = 'http://localhost:3000';
    const preflight = await fetch(`${test.url}/uploads`, { method: 'OPTIONS', headers: { origin } });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
    expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('upload-offset');
    const found = await fetch(`${test.url}${only.uploadUrl}`, { method: 'HEAD', headers: { ...TUS, origin } });
    expect(found.headers.get('access-control-expose-headers')?.toLowerCase()).toContain('upload-offset');
  });
});

describe('what a crash left behind', () => {
  /** An upload all of whose bytes are on the disk, as when the process ends before the storage has them. */
  async function leaveComplete(): Promise<void> {
    await create(only.id, content.length);
    await writeFile(join(test.home, 'uploads', only.id), content);
  }

  it('is finished when an API starts', async () => {
    await leaveComplete();
    const socket = await openSocket(test.url);
    const progress = socket.subscribe(EvaluationProgressDocument, { id: submission.evaluation.id });
    const further = await test.another();
    await progress.until(({ evaluationProgress }) => evaluationProgress?.state === 'INSPECTING');
    expect((await read(submission.id)).files.map(({ stored }) => stored)).toEqual([true]);
    expect(await broughtBy(submission)).toBe('service');
    await socket.close();
    await further.close();
  });

  it('is finished when the submission is repeated', async () => {
    await leaveComplete();
    const again = await submit(`upload ${count}`, { 'unet/model.onnx': content });
    expect(again.id).toBe(submission.id);
    expect(again.files[0]?.stored).toBe(true);
    expect(again.evaluation.state).toBe('INSPECTING');
  });

  it('is finished when the sender asks how far it is', async () => {
    await leaveComplete();
    expect(await offsetOf(only)).toBe(content.length);
    expect((await read(submission.id)).evaluation.state).toBe('INSPECTING');
  });

  it('is finished when the storage had the bytes and the database did not know', async () => {
    await leaveComplete();
    await (await openStorage(test.config.storage)).put(sha256(content), join(test.home, 'uploads', only.id));
    expect(await offsetOf(only)).toBe(content.length);
    expect((await read(submission.id)).evaluation.state).toBe('INSPECTING');
    await expect(access(join(test.home, 'uploads', `${only.id}.json`))).rejects.toThrow();
  });

  it('is sent again when its bytes are not those of the manifest', async () => {
    await create(only.id, content.length);
    await writeFile(join(test.home, 'uploads', only.id), content.replace('bytes', 'BYTES'));
    const again = await submit(`upload ${count}`, { 'unet/model.onnx': content });
    expect(again.files[0]?.stored).toBe(false);
    expect((await create(only.id, content.length)).status).toBe(201);
    expect((await send(only, 0, content)).status).toBe(204);
  });
});

describe('an upload that nobody goes on with', () => {
  const dayOld = (evaluationId: string) =>
    test.db.pool.query(`UPDATE "Evaluation" SET "createdAt" = now() - interval '25 hours' WHERE id = $1`, [
      evaluationId,
    ]);

  it('is forgotten after a day, and its submission ends with the reason', async () => {
    await create(only.id, content.length);
    await send(only, 0, content.slice(0, 10));
    const path = join(test.home, 'uploads', only.id);
    const yesterday = new Date(Date.now() - 25 * 3_600_000);
    await utimes(path, yesterday, yesterday);
    await dayOld(submission.evaluation.id);
    // an old submission whose upload is still moving stays
    const moving = await submit(`slow ${count}`, { 'slow.onnx': `${content} slow` });
    await create((moving.files[0] as File).id, content.length + 5);
    await dayOld(moving.evaluation.id);
    const socket = await openSocket(test.url);
    const progress = socket.subscribe(EvaluationProgressDocument, { id: submission.evaluation.id });
    const further = await test.another();
    const ended = await progress.until(({ evaluationProgress }) => evaluationProgress?.state === 'FAILED');
    expect(ended.evaluationProgress?.failure).toMatchObject({
      fault: 'SUBMITTER',
      message: '1 of its files did not arrive within 24 hours.',
    });
    await expect(access(path)).rejects.toThrow();
    expect(await broughtBy(submission)).toBe('service');
    expect((await read(moving.id)).evaluation.state).toBe('UPLOADING');
    await socket.close();
    await further.close();
  });
});

/** Sends the head of an upload and then breaks the connection; resolves when the API has kept what arrived. */
async function cutOff(file: File, bytes: string, announced: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const sending = httpRequest(`${test.url}${file.uploadUrl}`, {
      method: 'PATCH',
      headers: { ...STREAM, 'upload-offset': '0', 'content-length': announced },
    });
    sending.on('error', () => resolve());
    sending.write(bytes);
    // the bytes are on the disk once the offset says so: only then is the connection broken
    void expect
      .poll(async () => (await stat(join(test.home, 'uploads', file.id))).size, { timeout: 20_000 })
      .toBe(bytes.length)
      .then(() => sending.destroy());
    sending.on('close', () => resolve());
  });
}

describe('a model card', () => {
  const cardOf = async (id: string) => (await ask(test.url, ModelCardDocument, { id })).submission!.modelCard;
  const upload = async (file: File, text: string) => {
    expect((await create(file.id, Buffer.byteLength(text))).status).toBe(201);
    expect((await send(file, 0, text)).status).toBe(204);
  };

  it('is the README.md at the top of the folder as it was written, once it has arrived', async () => {
    const card = `# Card ${count}\r\n<script>alert(1)</script> é 模`;
    const { id, files } = await submit(`card ${count}`, { 'README.md': card, 'model.onnx': content });
    expect(await cardOf(id)).toBeNull();
    await upload(files.find(({ path }) => path === 'README.md') as File, card);
    expect(await cardOf(id)).toBe(card);
  });

  it('is null where there is none, also with a README.md further down', async () => {
    const text = `Not the card ${count}`;
    const { id, files } = await submit(`no card ${count}`, { 'unet/README.md': text });
    await upload(files[0] as File, text);
    expect(await cardOf(id)).toBeNull();
  });

  it('of a huge file is its first 64 KiB, without the half of a character', async () => {
    const text = `${count} ${'模'.repeat(1_000_000)}`;
    const { id, files } = await submit(`huge card ${count}`, { 'README.md': text });
    await upload(files[0] as File, text);
    const card = (await cardOf(id)) ?? '';
    expect(text.startsWith(card)).toBe(true);
    expect(Buffer.byteLength(card)).toBeLessThanOrEqual(65_536);
    expect(Buffer.byteLength(card)).toBeGreaterThan(65_536 - 3);
  });
});
