import { z } from 'zod';

/** A token that is found in texts as a whole, as tokenizer.json's `added_tokens` and tokenizer_config.json describe it. */
export const addedToken = z.object({
  content: z.string().min(1),
  // One that counts only where no letter stands beside it.
  single_word: z.literal(false).default(false),
  /** Whether it takes the spaces before it, and behind it. */
  lstrip: z.boolean().default(false),
  rstrip: z.boolean().default(false),
  special: z.boolean().default(false),
  /** Whether it is looked for in the normalised text; what is special is not, unless it is said. */
  normalized: z.boolean().optional(),
});

export type AddedToken = z.input<typeof addedToken> & { readonly id: number };

/** A token that is special and stands in texts as it is. */
export function specialToken(content: string, id: number): AddedToken {
  return { id, content, lstrip: false, rstrip: false, normalized: false, special: true };
}

/** Whether a token is looked for in the normalised text. */
export const isNormalised = ({ normalized, special }: AddedToken): boolean => normalized ?? !special;
