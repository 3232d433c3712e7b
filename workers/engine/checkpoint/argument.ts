import { quoted } from '@gdbench/benchmark/shell';
import type { Argument, FolderName } from '@gdbench/storage/remedy';

/** The checkpoint's folder in a command, quoted where it must be. @param more what goes on after its name. */
export function argument({ path, isPlaceholder }: FolderName, more = ''): Argument {
  return { text: quoted(`${path}${more}`), namesPlaceholder: isPlaceholder };
}
