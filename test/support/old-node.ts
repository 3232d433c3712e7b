import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { fetchedNode, fetchNode, isSupported } from '@gdbench/launcher/node';

/** A Node too old for the project: one of this machine's, else Node 20, fetched once. */
export async function oldNode(): Promise<string> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, 'node');
    const version = await promisify(execFile)(path, ['--version']).then(
      ({ stdout }) => stdout.trim().slice(1),
      () => null,
    );
    if (version !== null && !isSupported(version)) return path;
  }
  return (fetchedNode(20) ?? (await fetchNode(20))).path;
}
