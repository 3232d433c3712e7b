/** What the tasks of some results were read from. */
export interface DataSet {
  /** What its root calls itself, both or neither. */
  readonly name: string | null;
  readonly version: string | null;
  /** dataSetSha256 over these tasks: that of the board where they are all that the root can serve. Null where there are none. */
  readonly sha256: string | null;
}

/** "Data set builtin 4, sha256 190e9b26095eeb64 of the tasks above", or "Data, sha256 ..." where they have no name. */
export function dataSetLine({ name, version, sha256 }: DataSet): string {
  const named = name === null ? 'Data' : `Data set ${name} ${version}`;
  return sha256 === null ? 'No data' : `${named}, sha256 ${sha256.slice(0, 16)} of the tasks above`;
}
