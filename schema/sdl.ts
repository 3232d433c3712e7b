import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** The public contract as one SDL text: every file of this folder, in the order of their names. */
export function readSdl(): string {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => readFileSync(`${folder}${name}`, 'utf8'))
    .join('\n');
}
