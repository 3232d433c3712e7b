import { type Argument, type FolderName, PLACEHOLDER, PLAIN } from '@gdbench/storage/remedy';

/** The checkpoint's folder inside of a Python string in single quotes, which a shell's double quotes hold. @param more what goes on after its name. */
export function pythonPath({ path, isPlaceholder }: FolderName, more = ''): Argument {
  const text = `${path}${more}`;
  return PLAIN.test(text) ? { text, namesPlaceholder: isPlaceholder } : { text: PLACEHOLDER, namesPlaceholder: true };
}
