import { join, resolve, sep } from 'node:path';
import { MAX_NAME_LENGTH, nameOfFolder } from '@gdbench/benchmark/checkpoint-name';
import type { HashedFile } from '@gdbench/storage/identity';
import { printable } from '@gdbench/storage/printable';
import type { Command } from 'commander';
import { CliFault, tellingRefusals } from '../fault.ts';
import { SubmitCheckpointDocument, type SubmittedPartsFragment } from '../generated/graphql.ts';
import { describe } from '../server/evaluation.ts';
import {
  askServer,
  type Server,
  type ServerOptions,
  serverOf,
  serverOptions,
  submissionPage,
} from '../server/server.ts';
import type { ListedFolder } from '../upload/folder.ts';

interface SubmitOptions extends ServerOptions {
  name?: string;
  protocol?: string;
  wait?: boolean;
}

/** Refusals of what was given on the command line, not of the folder. */
const WRONG_USE = ['INVALID_NAME', 'INVALID_PROTOCOL'];

export function register(program: Command): void {
  const command = program
    .command('submit')
    .description(
      'send a checkpoint to a leaderboard; run it again after an interruption and it goes on where it stopped',
    )
    .argument('<dir>', 'folder of the checkpoint')
    .option('--name <name>', `name on the board, 1 to ${MAX_NAME_LENGTH} characters (default: that of the folder)`)
    .option('--protocol <name>', 'how to score it (default: that of its kind; others have lists of their own)')
    .option('--wait', 'follow the evaluation to its end');
  serverOptions(command, 'one JSON object for machines')
    .addHelpText(
      'after',
      `
The same files under the same name and protocol are the same submission: while it is under way it is gone on with, and once
it is done on the data that the board has now it is not scored again.`,
    )
    .action(submit);
}

type Submission = SubmittedPartsFragment;

interface Submitted {
  submission: Submission;
  /** It was there before. */
  repeated: boolean;
}

const submit = (dir: string, options: SubmitOptions): Promise<void> =>
  tellingRefusals(options.json === true, () => submitted(dir, options));

async function submitted(dir: string, options: SubmitOptions): Promise<void> {
  const server = await serverOf(options);
  const given = options.name?.trim();
  if (given !== undefined) requireName(given);
  process.once('SIGINT', () => {
    process.stderr.write('\nInterrupted: run the same command again to go on.\n');
    process.exit(130);
  });
  const silent = options.json === true;
  const { folder, manifest } = await readManifest(dir, silent);
  const name = given ?? ownName(dir, folder);
  const { submission, repeated } = await createSubmission(server, name, manifest, options.protocol);
  if (!silent) process.stdout.write(`${opening(name, submission, repeated)}\n`);
  await sendMissing(server, folder.root, submission, silent);
  const url = await submissionPage(server, submission.id);
  const ids = { submissionId: submission.id, evaluationId: submission.evaluation.id, url, repeated };
  if (!silent) process.stdout.write(`${whereabouts(submission.id, url)}\n`);
  else if (!options.wait) process.stdout.write(`${JSON.stringify(ids)}\n`);
  if (!options.wait) return;
  const { follow } = await import('./watch.ts');
  await follow(server, submission.evaluation.id, {
    json: silent,
    lastLine: (evaluation) => ({ ...ids, ...evaluation }),
  });
}

/** @throws CliFault with exit code 2. */
function requireName(given: string): void {
  const { length } = [...given];
  if (length > 0 && length <= MAX_NAME_LENGTH) return;
  throw new CliFault(`--name has ${length} characters: give 1 to ${MAX_NAME_LENGTH}.`, 2);
}

/** That of the checkpoint's own folder, as it was given. @throws CliFault with exit code 2. */
function ownName(dir: string, { inside }: ListedFolder): string {
  const name = nameOfFolder(join(resolve(dir), inside).replaceAll(sep, '/'));
  if (name !== '') return name;
  throw new CliFault(`${dir} has no name that could be shown: give one with --name.`, 2);
}

/** What becomes of the folder. */
function opening(name: string, { files, evaluation }: Submission, repeated: boolean): string {
  const { state } = evaluation;
  if (repeated && state === 'DONE')
    return `This checkpoint is scored as "${name}" already, on the data that the board has now: it is not scored again.`;
  if (repeated && state !== 'UPLOADING')
    return `This checkpoint is submitted as "${name}" already, and goes on: it is ${describe(evaluation)}.`;
  const stored = files.filter((file) => file.stored).length;
  return `${repeated ? 'Going on with' : 'Submitting'} "${name}": ${files.length} files, ${stored} of them stored already.`;
}

function whereabouts(submissionId: string, url: string | null): string {
  const command = `npx gdbench watch ${submissionId}`;
  return url === null ? `Watch it with: ${command}` : `Watch it at ${url}\nor with: ${command}`;
}

async function readManifest(dir: string, silent: boolean): Promise<{ folder: ListedFolder; manifest: HashedFile[] }> {
  const { bytes, startProgress } = await import('../terminal/progress.ts');
  const { hashFiles } = await import('@gdbench/storage/identity');
  const { listFolder } = await import('../upload/folder.ts');
  const folder = await listFolder(dir);
  if (!silent) process.stdout.write(whatIsSent(dir, folder));
  // a quick step: worth a bar on a terminal, not lines in a log
  const progress = startProgress('Reading  ', sum(folder.files), bytes, { silent: silent || !process.stderr.isTTY });
  let read = 0;
  const paths = folder.files.map(({ path }) => path);
  const manifest = await hashFiles(folder.root, paths, (n) => {
    read += n;
    progress.set(read);
  });
  progress.end();
  return { folder, manifest };
}

/** Says where the checkpoint lies, and what of the folder is no part of it. */
function whatIsSent(dir: string, { inside, leftOut }: ListedFolder): string {
  const lines = inside === '' ? [] : [`The checkpoint is in ${join(dir, inside)}: its files are sent.`];
  const named = leftOut.slice(0, 6).map((path) => printable(path));
  const more = leftOut.length > named.length ? ` and ${leftOut.length - named.length} more` : '';
  if (named.length > 0) lines.push(`Left out, since no checkpoint needs them: ${named.join(', ')}${more}.`);
  return lines.map((line) => `${line}\n`).join('');
}

async function createSubmission(
  server: Server,
  name: string,
  files: readonly HashedFile[],
  protocol: string | undefined,
): Promise<Submitted> {
  const { submitCheckpoint: payload } = await askServer(server, SubmitCheckpointDocument, {
    input: { name, files: [...files], ...(protocol === undefined ? {} : { protocol }) },
  });
  if (payload.__typename === 'SubmitCheckpointSuccess') return payload;
  const { code, message, remedy } = payload;
  if (WRONG_USE.includes(code)) throw new CliFault(`${message} ${remedy}`, 2);
  const expected = 'a submission that the board takes';
  throw new CliFault(`${message} ${remedy}`, 1, [
    { file: '', message: `${message} ${remedy}`, found: message, expected, remedy },
  ]);
}

async function sendMissing(server: Server, root: string, { files }: Submission, silent: boolean): Promise<void> {
  const missing = files.filter(({ stored }) => !stored);
  if (missing.length === 0) return;
  const [{ bytes, startProgress }, { sendFile }] = await Promise.all([
    import('../terminal/progress.ts'),
    import('../upload/send.ts'),
  ]);
  const progress = startProgress('Uploading', sum(missing), bytes, { silent });
  try {
    let before = 0;
    for (const file of missing) {
      const done = before;
      await sendFile(server, { ...file, file: join(root, file.path) }, (sent) => progress.set(done + sent));
      before += file.size;
      progress.set(before);
    }
  } finally {
    progress.end();
  }
}

function sum(files: readonly { size: number }[]): number {
  return files.reduce((total, { size }) => total + size, 0);
}
