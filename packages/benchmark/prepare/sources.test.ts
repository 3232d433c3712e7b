import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { SETS } from './affinity.ts';
import { CAPTIONS_SOURCE, METADATA_SOURCE, SOURCES, type Source } from './sources.ts';

const plain = (cell: string) => cell.trim();
const row = (name: string, { address, gate, terms }: Source) => [
  name,
  `<${address}>${gate === null ? '' : `, ${gate}`}`,
  terms,
];

test('the page about the official data has the sources and terms that the command prints', async () => {
  const page = await readFile(new URL('../../../docs/official-data.md', import.meta.url), 'utf8');
  const section = page.split('## Where the sets come from')[1]!.split('\n## ')[0]!;
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  const rows = lines.slice(2).map((line) => line.split('|').slice(1, -1).map(plain));
  const texts = [row('metadata', METADATA_SOURCE), row("orders' captions", CAPTIONS_SOURCE)];
  expect(rows).toEqual([...texts, ...SETS.map((set) => row(`\`${set}\``, SOURCES[set]))]);
});
