import path from 'node:path';
import { quoted } from '@gdbench/benchmark/shell';
import { cacheFolderOf } from '@gdbench/storage/links';
import { type Barred, DEEPEST } from '@gdbench/storage/list-folder';
import { isPrintable, printable } from '@gdbench/storage/printable';
import { command, type FolderName, type Remedy, remedy } from '@gdbench/storage/remedy';
import { argument } from './argument.ts';
import { type Fault, faultOf } from './fault.ts';

const FOUND: Readonly<Record<Barred['why'], string>> = {
  broken: 'is a symbolic link to a file that is not there',
  circle: 'is a symbolic link to a folder that it lies in itself',
  outside: 'is a symbolic link that leaves the folder',
  'not a file': 'is a symbolic link to what is no file',
  'too deep': `is more than ${DEEPEST} folders deep`,
  special: 'is a device, a socket or a pipe',
};

/**
 * The fault of what lies in a folder and may not.
 *
 * @param root the folder that was given, absolute and without links.
 * @param name what it is called in commands.
 */
export function barredFault(barred: Barred, root: string, name: FolderName): Fault {
  const file = isLink(barred) ? barred.path : printable(barred.path, 200);
  return faultOf({
    file,
    found: FOUND[barred.why],
    expected: 'a file',
    remedy: remedyOf(barred, root, name),
    gravity: 'file',
  });
}

const isLink = ({ why }: Barred): boolean => why !== 'too deep' && why !== 'special';

function remedyOf(barred: Barred, root: string, name: FolderName): string | Remedy {
  // a command names what is there, or nothing: shown otherwise it could remove another
  if (!isPrintable(barred.path) && (!isLink(barred) || barred.why === 'circle')) return 'remove it';
  const at = argument(name, `/${barred.path}`);
  if (!isLink(barred)) return remedy`remove it: ${command`rm -r ${at}`}`;
  if (barred.why === 'circle') return remedy`remove it: ${command`rm ${at}`}`;
  const repository = cacheFolderOf(root)?.repository;
  if (repository) {
    const beside = quoted(path.posix.basename(repository));
    return remedy`download it whole: ${command`hf download ${quoted(repository)} --local-dir ${beside}`}`;
  }
  if (barred.why === 'broken') return 'add the file that it should lead to';
  const copy = command`cp -rL ${argument(name)} ${argument(name, '-copy')}`;
  return remedy`copy the folder with what its links lead to: ${copy}`;
}
