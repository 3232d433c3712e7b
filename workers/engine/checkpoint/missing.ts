import { command, type Remedy, remedy } from '@gdbench/storage/remedy';
import { argument } from './argument.ts';
import { exportCommand } from './export-command.ts';
import { CheckpointFault, type Fault, faultOf } from './fault.ts';
import { isGraph, otherFormats } from './formats.ts';
import { downloadAgain, type Listed, markOfUnfinished, unready } from './packed.ts';

/** Names that exports give to graphs of lower precision, those that differ least from the whole one first. */
const VARIANTS = ['fp16', 'float16', 'int8', 'uint8', 'quantized', 'q8', 'q4f16', 'q4', 'bnb4'];
/** Entries of a folder that are named. */
const NAMED = 4;

/** The fault of a file that is not there, which says what is there in its place. */
export function missingFile(folder: Listed, file: string, expected: string = expectedOf(file)): CheckpointFault {
  return new CheckpointFault({ file, ...instead(folder, file), expected, gravity: 'file' });
}

/** The fault of a file of which not all is there yet, whatever its length says. */
export function unfinishedFault(folder: Listed, file: string, expected: string = expectedOf(file)): Fault | null {
  const mark = markOfUnfinished(folder, file);
  if (mark === undefined) return null;
  const found = `is a download that did not end, for ${mark} is beside it`;
  return faultOf({ file, found, expected, remedy: downloadAgain(folder.name, file), gravity: 'file' });
}

/** What a file should be, by its name. */
export function expectedOf(file: string): string {
  if (isGraph(file)) return 'an ONNX model';
  return file.endsWith('.json') ? 'a JSON file' : 'a file of the export';
}

function instead(folder: Listed, file: string): { found: string; remedy: Remedy } {
  const paths = [...folder.files.keys()];
  const inDir = (path: string) => argument(folder.name, `/${path}`);
  const renamed = (other: string) => ({
    found: `is missing, though ${other} is there`,
    remedy: remedy`give it that name: ${command`mv ${inDir(other)} ${inDir(file)}`}`,
  });
  const twin = paths.find((path) => path !== file && path.toLowerCase() === file.toLowerCase());
  if (twin !== undefined) return renamed(twin);
  const packed = unready(folder, file);
  if (packed) return { found: `is missing, though ${packed.found}`, remedy: packed.remedy };
  const folderOf = file.slice(0, file.lastIndexOf('/') + 1);
  const beside = paths.filter((path) => path.startsWith(folderOf));
  if (isGraph(file)) {
    const variant = variantOf(file, beside);
    if (variant !== undefined) return renamed(variant);
    const [format] = otherFormats(beside);
    if (format !== undefined && !beside.some(isGraph)) {
      const held = `${folderOf === '' ? 'the folder' : folderOf} holds ${format.name} (${format.files[0]!.slice(folderOf.length)})`;
      return { found: `is missing: ${held}`, remedy: remedy`export it: ${exportCommand(folder)}` };
    }
  }
  const elsewhere = paths.find((path) => path.endsWith(`/${file}`));
  if (elsewhere !== undefined) {
    const root = elsewhere.slice(0, -file.length - 1);
    return {
      found: `is missing, though ${elsewhere} is there`,
      remedy: remedy`give the folder ${inDir(root)}, or move the file to its place`,
    };
  }
  const names = entriesOf(folderOf, beside);
  const where = folderOf === '' ? 'the folder' : folderOf;
  const found =
    names.length === 0 ? `is missing, and so is the folder ${folderOf}` : `is missing: ${where} holds ${names}`;
  const again = command`optimum-cli export onnx --model MODEL ${argument(folder.name, '/')}`;
  return {
    found,
    remedy: remedy`add it from where the model was exported or published, or export the whole model again: ${again}`,
  };
}

/** A graph of lower precision, or another form, of the one that is asked for. */
export function variantOf(file: string, beside: readonly string[]): string | undefined {
  const stem = file.slice(0, -'.onnx'.length);
  const variants = beside.filter((path) => isGraph(path) && path.startsWith(`${stem}_`));
  const rank = (path: string) => {
    const at = VARIANTS.indexOf(path.slice(stem.length + 1, -'.onnx'.length).toLowerCase());
    return at < 0 ? VARIANTS.length : at;
  };
  return variants.sort((a, b) => rank(a) - rank(b))[0];
}

/** The first names in a folder, folders with a slash. */
export function entriesOf(folder: string, files: readonly string[]): string {
  const names = new Set(
    files.map((file) => {
      const rest = file.slice(folder.length);
      return rest.includes('/') ? rest.slice(0, rest.indexOf('/') + 1) : rest;
    }),
  );
  const shown = [...names].slice(0, NAMED);
  return names.size > shown.length ? `${shown.join(', ')} and ${names.size - shown.length} more` : shown.join(', ');
}
