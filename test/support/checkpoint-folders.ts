import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Inspection } from '@gdbench/workers/engine/inspect';
import { afterAll, beforeAll, expect } from 'vitest';
import { writeFiles } from './tiny-checkpoints.ts';

/** A checkpoint's files by path; an object is written as JSON. */
export type Files = Record<string, string | Uint8Array | object>;

/** The files without those of the paths, or below them. */
export const without = (files: Files, ...gone: string[]): Files =>
  Object.fromEntries(
    Object.entries(files).filter(([file]) => !gone.some((one) => file === one || file.startsWith(`${one}/`))),
  );

/** The files with more fields in one that is JSON. */
export const merged = (files: Files, file: string, more: object): Files => ({
  ...files,
  [file]: { ...(files[file] as object), ...more },
});

/** A test file's own folders of checkpoints, removed at its end; read `scratch` inside of tests only. */
export function checkpointFolders(): { scratch(): string; folderOf(files: Files): Promise<string> } {
  let scratch = '';
  let folders = 0;
  beforeAll(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), 'checkpoints-'));
  });
  afterAll(() => rm(scratch, { recursive: true }));
  return {
    scratch: () => scratch,
    async folderOf(files) {
      const dir = path.join(scratch, String(folders++));
      await mkdir(dir);
      await writeFiles(dir, files);
      return dir;
    },
  };
}

/** A refusal names its file in one sentence, and tells nothing of this machine. */
export function expectRefusal(inspection: Inspection, file: string, reason: RegExp, scratch: string): void {
  expect(inspection).toMatchObject({ ok: false, file });
  const said = inspection.ok ? '' : inspection.reason;
  expect(said).toMatch(reason);
  expect(said).not.toContain(scratch);
  expect(said).toMatch(/^\S[^\n]*[.)]$/);
}
