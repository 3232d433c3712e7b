/** A path as a shell takes it, quoted where it must be. */
export function quoted(path: string): string {
  if (/^[\w@%+=:,./-]+$/.test(path) && !path.startsWith('-')) return path;
  return `'${(path.startsWith('-') ? `./${path}` : path).replaceAll("'", `'\\''`)}'`;
}
