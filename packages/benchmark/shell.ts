/** A path as a shell takes it, quoted where it must be. */
export function quoted(path: string): string {
  if (/^[\w@%+=:,./][\w@%+=:,./~-]*$/.test(path)) return path;
  return `'${(path.startsWith('-') ? `./${path}` : path).replaceAll("'", `'\\''`)}'`;
}
