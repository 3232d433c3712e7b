import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { each } from '../../../test/support/each.ts';
import { newFolder, writeFiles } from '../../../test/support/folder.ts';
import { openFolder } from '../checkpoint/folder.ts';
import { openTokenizer } from './tokenizer.ts';

interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, string | object | { readonly base64: string }>>;
  readonly texts: readonly { readonly text: string; readonly ids: number[]; readonly mask: number[] }[];
}
const { cases } = JSON.parse(readFileSync(new URL('../../../test/reference/tokens.json', import.meta.url), 'utf8')) as {
  cases: Case[];
};

describe('as transformers and SentencePiece give them', () => {
  it.each(each(cases))('the tokens of $name', async ({ files, texts }) => {
    const dir = newFolder();
    const bytes = Object.entries(files).map(([name, content]) => [
      name,
      typeof content === 'object' && 'base64' in content ? Buffer.from(content.base64, 'base64') : content,
    ]);
    await writeFiles(dir, Object.fromEntries(bytes));
    const tokenizer = await openTokenizer(await openFolder(dir), '', {});
    for (const { text, ids, mask } of texts) {
      const have = tokenizer.encode(text);
      expect.soft([text, ...have.ids]).toEqual([text, ...ids]);
      expect.soft([text, ...have.mask]).toEqual([text, ...mask]);
    }
  });
});
