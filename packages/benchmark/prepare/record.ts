import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SetName } from './affinity.ts';
import { type FoundFile, folderOf, type LeftOut } from './found.ts';
import type { SetPlan } from './plan.ts';
import { sha256 } from './published.ts';
import { SOURCES } from './sources.ts';

/** What stands in the data root's prepared.json. Paths of what was given begin with the name of the folder or file given. */
export interface PreparedRecord {
  readonly sets: Partial<Record<SetName, SetRecord>>;
  /** Of the last run: files of no set. */
  readonly leftOut: readonly LeftOutRecord[];
}

export interface SetRecord {
  readonly tasks: readonly string[];
  readonly metadata: readonly {
    readonly file: string;
    readonly size: number;
    readonly sha256: string;
    readonly from: string;
    readonly made?: string;
  }[];
  /** By the folder, also in an archive, that they were taken from. */
  readonly images: readonly ImagesRecord[];
  /** Images that were in the data root before, and where earlier runs had them from. */
  readonly kept?: { readonly count: number; readonly from: readonly ImagesRecord[] };
  readonly missing?: {
    readonly count: number;
    readonly first: readonly string[];
    readonly source: string;
    readonly terms: string;
  };
  readonly leftOut: readonly LeftOutRecord[];
  readonly notes: readonly string[];
  readonly edition?: Readonly<Record<string, unknown>>;
}

export interface ImagesRecord {
  readonly from: string;
  readonly count: number;
  readonly bytes: number;
}

export interface LeftOutRecord {
  readonly why: string;
  readonly files: number;
  readonly first: readonly string[];
}

export const RECORD_FILE = 'prepared.json';
/** Files that are named where there are many. */
const NAMED_AT_MOST = 10;

export function recordOf(plan: SetPlan, before: SetRecord | undefined): SetRecord {
  const { set, tasks, texts, images, kept, missing, leftOut, notes, edition } = plan;
  const taken = byFolder([...images.values()]);
  const { address, terms } = SOURCES[set];
  const lacks = { count: missing.length, first: missing.slice(0, NAMED_AT_MOST), source: address, terms };
  const earlier = [...(before?.images ?? []), ...(before?.kept?.from ?? [])];
  return {
    tasks,
    metadata: texts.map(({ to, bytes, from, made }) => ({
      file: to,
      size: bytes.length,
      sha256: sha256(bytes),
      from,
      ...(made === null ? {} : { made }),
    })),
    images: taken,
    ...(kept === 0
      ? {}
      : { kept: { count: kept, from: earlier.filter(({ from }) => taken.every((one) => one.from !== from)) } }),
    ...(missing.length === 0 ? {} : { missing: lacks }),
    leftOut: byReason(leftOut),
    notes,
    ...(edition === undefined ? {} : { edition }),
  };
}

function byFolder(files: readonly FoundFile[]): ImagesRecord[] {
  const folders = new Map<string, ImagesRecord>();
  for (const { path, size } of files) {
    const from = `${folderOf(path)}/`;
    const { count = 0, bytes = 0 } = folders.get(from) ?? {};
    folders.set(from, { from, count: count + 1, bytes: bytes + size });
  }
  return [...folders.values()];
}

export function byReason(leftOut: readonly LeftOut[]): LeftOutRecord[] {
  const reasons = new Map<string, LeftOutRecord>();
  for (const { path, files, why } of leftOut) {
    const known = reasons.get(why) ?? { why, files: 0, first: [] };
    const isNamed = known.first.includes(path) || known.first.length >= NAMED_AT_MOST;
    reasons.set(why, { why, files: known.files + files, first: isNamed ? known.first : [...known.first, path] });
  }
  return [...reasons.values()];
}

/** What earlier runs wrote; nothing where there is none that can be read. */
export async function readRecord(root: string): Promise<PreparedRecord> {
  try {
    const record = JSON.parse(await readFile(join(root, RECORD_FILE), 'utf8')) as Partial<PreparedRecord>;
    return { sets: record.sets ?? {}, leftOut: record.leftOut ?? [] };
  } catch {
    return { sets: {}, leftOut: [] };
  }
}
