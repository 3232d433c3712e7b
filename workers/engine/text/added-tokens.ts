import { type AddedToken, specialToken } from './added-token.ts';
import { misfit } from './settings-misfit.ts';
import type { TokenizerFile } from './tokenizer-json.ts';
import type { TokenizerSettings } from './tokenizer-settings.ts';

/** Those of tokenizer.json, and those that tokenizer_config.json adds or describes anew; the latter are put among `ids`. */
export function addedTokens(json: TokenizerFile, settings: TokenizerSettings, ids: Map<string, number>): AddedToken[] {
  const all = new Map<string, AddedToken>(json.added_tokens.map((token) => [token.content, token]));
  checkNew(settings, ids);
  for (const token of settings.added) {
    const { content, id } = token;
    const known = ids.get(content);
    const taken = known === undefined ? [...ids].find(([, other]) => other === id)?.[0] : undefined;
    if (taken !== undefined || (known !== undefined && known !== id)) {
      const found = `gives the token ${content.slice(0, 60)} the id ${id}`;
      const expected =
        taken === undefined ? `its id in the vocabulary, ${known}` : `another, for that is ${taken.slice(0, 60)}`;
      throw misfit(settings.file, { found, expected });
    }
    ids.set(content, id);
    all.set(content, token);
  }
  for (const token of namedTokens(settings, ids)) if (!all.has(token.content)) all.set(token.content, token);
  return [...all.values()];
}

/** @throws CheckpointFault where new tokens have other ids than the next ones: some versions of transformers give them those. */
function checkNew({ file, added }: TokenizerSettings, ids: ReadonlyMap<string, number>): void {
  const taken = new Set(ids.values());
  const fresh = added.filter(({ content, id }) => !ids.has(content) && !taken.has(id)).sort((a, b) => a.id - b.id);
  let next = largest(ids) + 1;
  for (const { content, id } of fresh) {
    if (id !== next)
      throw misfit(file, {
        found: `gives the new token ${content.slice(0, 60)} the id ${id}`,
        expected: `the next one, ${next}`,
      });
    next += 1;
  }
}

function largest(ids: ReadonlyMap<string, number>): number {
  let most = -1;
  for (const id of ids.values()) most = Math.max(most, id);
  return most;
}

/**
 * Tokens that are named without an id, as transformers adds them: those of the vocabulary keep their ids there, and from now on stand
 * in texts as a whole; a special one that is new gets the next id, which is put among `ids`. New ones without a role, and a new one
 * that would be padding, are refused elsewhere.
 */
function namedTokens({ special, named }: TokenizerSettings, ids: Map<string, number>): AddedToken[] {
  const added: AddedToken[] = [];
  for (const [name, content] of Object.entries(special)) {
    if (content === '') continue;
    if (!ids.has(content) && name !== 'pad_token') ids.set(content, largest(ids) + 1);
    const id = ids.get(content);
    if (id !== undefined) added.push(specialToken(content, id));
  }
  return added.concat(named.flatMap((content) => (ids.has(content) ? [specialToken(content, ids.get(content)!)] : [])));
}
