/** A path as a shell takes it, quoted where it must be. */
export function quoted(path: string): string {
  if (/^[\w@%+=:,./-]+$/.test(path) && !path.startsWith('-')) return path;
  return `'${(path.startsWith('-') ? `./${path}` : path).replaceAll("'", `'\\''`)}'`;
}

/** A path inside of a Python string in single quotes, which a shell's double quotes hold. */
export function pythonPath(at: string): string {
  return /["'`$\\!]/.test(at) ? 'DIR' : at;
}
