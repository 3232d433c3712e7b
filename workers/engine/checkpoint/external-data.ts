import path from 'node:path';
import { readHead } from '@gdbench/benchmark/file-kind';
import { quoted } from '@gdbench/benchmark/shell';
import { isJunk } from '@gdbench/storage/junk';
import { printable } from '@gdbench/storage/printable';
import { command, remedy } from '@gdbench/storage/remedy';
import { argument } from './argument.ts';
import { disguiseOf, textDisguiseOf } from './content.ts';
import { type Fault, faultOf } from './fault.ts';
import type { Folder } from './folder.ts';
import { missingFile, unfinishedFault } from './missing.ts';
import type { Tensor } from './onnx-graph.ts';

/** Weights of a graph that lie in another file: which, and up to which byte at least. */
interface Place {
  readonly location: string;
  readonly end: number;
}

/** Bytes of a number of a TensorProto.DataType; types of less than a byte, and texts, are not known by length alone. */
const WIDTHS: Readonly<Record<number, number>> = {
  1: 4,
  2: 1,
  3: 1,
  4: 2,
  5: 2,
  6: 4,
  7: 8,
  9: 1,
  10: 2,
  11: 8,
  12: 4,
  13: 8,
  16: 2,
};
/** A page or a pointer in the place of weights is not longer. */
const LONGEST_DISGUISE = 2 ** 20;

/** Where a tensor's values lie, if that is another file. */
export function externalPlace({ externalData, dims, dataType }: Tensor): Place | null {
  const entries = externalData ?? [];
  if (entries.length === 0) return null;
  const field = (key: string) => entries.findLast((entry) => entry.key === key)?.value;
  const numbers = (dims ?? []).reduce<number>((product, dim) => product * Math.max(0, Number(dim)), 1);
  const length = Number(field('length') ?? numbers * (WIDTHS[dataType ?? 0] ?? 0));
  return { location: field('location') ?? '', end: Number(field('offset') ?? 0) + length };
}

/**
 * What is wrong with the files that hold a graph's weights, each file once: outside of the folder, missing, cut short, or something
 * else than weights.
 *
 * @param file the graph, path inside the checkpoint.
 */
export async function externalFaults(folder: Folder, file: string, places: readonly Place[]): Promise<Fault[]> {
  const ends = new Map<string, number>();
  // a number that is none must not pass for a small one
  for (const { location, end } of places)
    ends.set(location, Math.max(ends.get(location) ?? 0, end >= 0 ? end : Infinity));
  const faults: Fault[] = [];
  for (const [location, end] of ends) {
    const target = targetOf(file, location);
    const fault = target === null ? outside(file, location) : await faultOfTarget(folder, file, target, end);
    if (fault) faults.push(fault);
  }
  return faults;
}

/** The file that a graph means, as a path inside the checkpoint; null where it is outside. */
export function targetOf(file: string, location: string): string | null {
  if (location === '' || location.includes('\\') || location.includes('\0') || path.posix.isAbsolute(location))
    return null;
  const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), location));
  return target.startsWith('../') || target === '..' ? null : target;
}

async function faultOfTarget(folder: Folder, file: string, target: string, end: number): Promise<Fault | null> {
  const size = folder.files.get(target);
  const expected = `a file with weights of ${file}`;
  if (size === undefined) {
    if (!isJunk(target)) return missingFile(folder, printable(target, 200), expected).faults[0];
    return faultOf({
      file: printable(target, 200),
      found: 'is left out, as a file of such a name is of no checkpoint',
      expected,
      remedy: `give the file another name, and save ${file} with it`,
      gravity: 'file',
    });
  }
  const unended = unfinishedFault(folder, target, expected);
  if (unended) return unended;
  const short = end > size;
  const head = short || size <= LONGEST_DISGUISE ? await readHead(path.join(folder.root, target)) : null;
  // Weights may begin as anything does: what is packed is told from them only where they cannot be all there.
  const judge = short && head?.some((byte) => byte !== 0) ? disguiseOf : textDisguiseOf;
  const disguise = head && judge(head, { file: target, dir: folder.name });
  if (disguise) return faultOf({ file: target, ...disguise, expected, gravity: 'file' });
  if (!short) return null;
  const found = size === 0 ? 'is empty (0 bytes)' : `is cut short: it has ${size.toLocaleString('en')} bytes`;
  const needed = Number.isFinite(end)
    ? `a file of ${end.toLocaleString('en')} bytes with weights of ${file}`
    : expected;
  const download = command`hf download OWNER/MODEL ${quoted(target)} --local-dir ${argument(folder.name)}`;
  const mend = remedy`copy it again, or download it: ${download}`;
  return faultOf({ file: target, found, expected: needed, remedy: mend, gravity: 'file' });
}

function outside(file: string, location: string): Fault {
  return faultOf({
    file,
    found: `keeps weights in \`${printable(location, 100)}\`, which is outside the folder`,
    expected: 'a file beside it',
    remedy: 'export it with its weights beside it (`onnx.save_model(model, path, save_as_external_data=True)`)',
    gravity: 'file',
  });
}
