import { planEmblems } from './emblems.ts';
import { PHRASES } from './phrases.ts';
import type { Plan } from './plan.ts';
import { renderEmblem } from './plaque.ts';

/**
 * The mmbias task: pleasant and unpleasant phrases, and twelve emblems of each of four families; paths from the data
 * root.
 */
export function planMmbias(seed: number): Plan {
  return {
    texts: [{ file: 'mmbias/textual_phrases.txt', text: JSON.stringify(PHRASES) }],
    pictures: planEmblems(seed).map(({ file, emblem }) => ({
      file: `mmbias/data/Images/Emblem/${file}`,
      draw: () => renderEmblem(emblem),
    })),
  };
}
