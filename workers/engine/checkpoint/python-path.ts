/** A path inside of a Python string in single quotes, which a shell's double quotes hold. */
export function pythonPath(at: string): string {
  return /["'`$\\!]/.test(at) ? 'DIR' : at;
}
