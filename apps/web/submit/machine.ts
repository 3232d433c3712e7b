import { MAX_NAME_LENGTH } from '@gdbench/benchmark/checkpoint-name';
import { checkManifestPath, countMisfit, MAX_FILES } from '@gdbench/storage/manifest';
import { asSentence, inWords } from '@gdbench/storage/remedy';
import type { Folder } from './folder.ts';

/** Where a submission stands in this browser. */
export type Step =
  | { at: 'choose' }
  | { at: 'ready'; folder: Folder }
  | { at: 'hashing'; folder: Folder; done: number }
  | {
      at: 'sending';
      folder: Folder;
      sent: number;
      total: number;
      secondsLeft: number | null;
      paused: boolean;
      id: string;
    }
  | { at: 'opening'; folder: Folder; id: string };

/** A sentence by the field it belongs to: "name", "files", "files[3].path"; "" for the whole. */
export type Problem = { field: string; message: string; remedy: string };

/** The file a problem is about, by its place in the manifest; null when it is about something else. */
export function fileOf({ field }: Problem): number | null {
  const match = /^files\[(\d+)\]/.exec(field);
  return match?.[1] === undefined ? null : Number(match[1]);
}

/** What can be said before any byte is read. */
export function problemsOf(name: string, folder: Folder): Problem[] {
  const problems: Problem[] = [];
  const trimmed = name.trim();
  if (trimmed.length === 0)
    problems.push({ field: 'name', message: 'The checkpoint has no name.', remedy: 'Write one; the board shows it.' });
  if ([...trimmed].length > MAX_NAME_LENGTH)
    problems.push({
      field: 'name',
      message: `The name is longer than ${MAX_NAME_LENGTH} characters.`,
      remedy: 'Shorten it.',
    });
  if (folder.files.length === 0)
    problems.push({
      field: 'files',
      message: 'The folder holds no files that can be submitted.',
      remedy: 'Choose the folder that holds model_index.json or config.json.',
    });
  const paths = folder.files.map(({ path }) => path);
  if (paths.length > MAX_FILES) {
    const { found, expected, remedy } = countMisfit(paths);
    problems.push({
      field: 'files',
      message: `The folder ${found}, where ${expected} is expected.`,
      remedy: asSentence(inWords(remedy.parts)),
    });
  }
  for (const [index, path] of paths.entries()) {
    const message = checkManifestPath(path);
    if (message !== null) problems.push({ field: `files[${index}].path`, message, remedy: '' });
  }
  return problems;
}

/** Bytes a second over the last seconds, and so the time that is left. */
export function createEstimate(total: number): (sent: number, now: number) => number | null {
  const samples: { sent: number; now: number }[] = [];
  return (sent, now) => {
    samples.push({ sent, now });
    while (samples.length > 2 && now - (samples[0]?.now ?? now) > 8000) samples.shift();
    const first = samples[0];
    if (!first || now - first.now < 1000 || sent <= first.sent) return null;
    return ((total - sent) * (now - first.now)) / (sent - first.sent) / 1000;
  };
}
