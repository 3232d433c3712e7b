import model from 'wink-eng-lite-web-model';
import winkNLP from 'wink-nlp';
import type { TaggedWord, Tagger } from './orders.ts';

/** Universal parts of speech that are nouns or adjectives; proper nouns are nouns. */
const KINDS: Readonly<Record<string, TaggedWord['kind']>> = { NOUN: 'noun', PROPN: 'noun', ADJ: 'adjective' };

/** A tagger that reckons with whole numbers alone, so that it says the same on every machine. */
export function openTagger(): Tagger {
  const nlp = winkNLP(model, ['pos']);
  return (caption) => {
    const tokens = nlp.readDoc(caption).tokens();
    const tags = tokens.out(nlp.its.pos) as string[];
    return (tokens.out() as string[]).map((text, i) => ({ text, kind: KINDS[tags[i]!] ?? 'other' }));
  };
}
