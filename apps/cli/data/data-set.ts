import type { DataSet } from '@gdbench/benchmark/results';

/** "Data set builtin 4, sha256 190e9b26095eeb64 of the tasks above", or "Data, sha256 ..." where they have no name. */
export function dataSetLine({ name, version, sha256 }: DataSet): string {
  const named = name === null ? 'Data' : `Data set ${name} ${version}`;
  return sha256 === null ? 'No data' : `${named}, sha256 ${sha256.slice(0, 16)} of the tasks above`;
}
