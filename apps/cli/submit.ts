import { join } from 'node:path';
import type { Command } from 'commander';
import { CliFault } from './fault.ts';
import type { ManifestFile } from './folder.ts';
import type { Server } from './server.ts';

interface SubmitOptions {
  name: string;
  protocol?: string;
  server?: string;
  token?: string;
  json?: boolean;
  wait?: boolean;
}

const LONGEST_NAME = 80;
/** Refusals of what was given on the command line, not of the folder. */
const WRONG_USE = ['INVALID_NAME', 'INVALID_PROTOCOL'];

export function register(program: Command): void {
  program
    .command('submit')
    .description(
      'send a checkpoint to a leaderboard; run it again after an interruption and it goes on where it stopped',
    )
    .argument('<dir>', 'folder of the checkpoint')
    .requiredOption('--name <name>', 'name on the board, 1 to 80 characters')
    .option('--protocol <name>', 'how to score it (default: that of its kind; others have lists of their own)')
    .option('--server <url>', 'address of the API (default: GDBENCH_SERVER, else this machine)')
    .option('--token <token>', 'access token (default: GDBENCH_TOKEN)')
    .option('--wait', 'follow the evaluation to its end')
    .option('--json', 'one JSON object for machines')
    .action(submit);
}

interface SubmittedFile {
  id: string;
  path: string;
  size: number;
  stored: boolean;
  uploadUrl: string;
}

interface Submission {
  id: string;
  evaluation: { id: string };
  files: SubmittedFile[];
}

const SUBMIT = `mutation ($input: SubmitCheckpointInput!) { submitCheckpoint(input: $input) {
  __typename
  ... on SubmitCheckpointSuccess { submission { id evaluation { id } files { id path size stored uploadUrl } } }
  ... on UserError { code message remedy }
} }`;

type SubmitPayload =
  | { __typename: 'SubmitCheckpointSuccess'; submission: Submission }
  | { __typename: 'InvalidInputError'; code: string; message: string; remedy: string };

async function submit(dir: string, options: SubmitOptions): Promise<void> {
  const { serverOf, submissionPage } = await import('./server.ts');
  const server = serverOf(options);
  const name = options.name.trim();
  if (name.length === 0 || [...name].length > LONGEST_NAME)
    throw new CliFault(`--name has ${[...name].length} characters: give 1 to ${LONGEST_NAME}.`, 2);
  process.once('SIGINT', () => {
    process.stderr.write('\nInterrupted: run the same command again to go on.\n');
    process.exit(130);
  });
  const manifest = await readManifest(dir, options.json === true);
  const submission = await createSubmission(server, name, manifest, options.protocol);
  await sendMissing(server, dir, submission, options.json === true);
  const page = submissionPage(server, submission.id);
  const ids = { submissionId: submission.id, evaluationId: submission.evaluation.id, url: page };
  if (!options.json) process.stdout.write(`Uploaded. Watch it at ${page}\nor with: gdbench watch ${submission.id}\n`);
  else if (!options.wait) process.stdout.write(`${JSON.stringify(ids)}\n`);
  if (!options.wait) return;
  const { follow } = await import('./watch.ts');
  await follow(server, submission.evaluation.id, {
    json: options.json === true,
    lastLine: (evaluation) => ({ ...ids, ...evaluation }),
  });
}

async function readManifest(dir: string, silent: boolean): Promise<ManifestFile[]> {
  const { bytes, startProgress } = await import('./progress.ts');
  const { hashFiles, listFolder } = await import('./folder.ts');
  const files = await listFolder(dir);
  // a quick step: worth a bar on a terminal, not lines in a log
  const progress = startProgress('Reading  ', sum(files), bytes, { silent: silent || !process.stderr.isTTY });
  let read = 0;
  const manifest = await hashFiles(dir, files, (n) => {
    read += n;
    progress.set(read);
  });
  progress.end();
  return manifest;
}

async function createSubmission(
  server: Server,
  name: string,
  files: readonly ManifestFile[],
  protocol: string | undefined,
): Promise<Submission> {
  const { ask } = await import('./server.ts');
  const { submitCheckpoint: payload } = await ask<{ submitCheckpoint: SubmitPayload }>(server, SUBMIT, {
    input: { name, files, ...(protocol === undefined ? {} : { protocol }) },
  });
  if (payload.__typename === 'SubmitCheckpointSuccess') return payload.submission;
  throw new CliFault(`${payload.message} ${payload.remedy}`, WRONG_USE.includes(payload.code) ? 2 : 1);
}

async function sendMissing(server: Server, dir: string, { files }: Submission, silent: boolean): Promise<void> {
  const { bytes, startProgress } = await import('./progress.ts');
  const missing = files.filter(({ stored }) => !stored);
  if (!silent)
    process.stdout.write(`${files.length} files, ${files.length - missing.length} of them stored already.\n`);
  if (missing.length === 0) return;
  const { sendFile } = await import('./upload.ts');
  const progress = startProgress('Uploading', sum(missing), bytes, { silent });
  try {
    let before = 0;
    for (const file of missing) {
      const done = before;
      await sendFile(server, { ...file, file: join(dir, file.path) }, (sent) => progress.set(done + sent));
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
