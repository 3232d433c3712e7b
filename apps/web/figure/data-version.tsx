/** The beginning of a hash that names data; all of it is the title. */
export function DataVersion({ version }: { version: string }) {
  return <code title={version}>{version.slice(0, 8)}</code>;
}
