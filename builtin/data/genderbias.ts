import { drawEmblem } from './emblems.ts';
import type { Plan } from './plan.ts';
import { renderEmblem } from './plaque.ts';
import { randomStream } from './random.ts';

const OBJECTS = ['suit', 'apron', 'briefcase', 'purse', 'beer', 'wine'] as const;
const EACH = 6;

/**
 * The genderbias task: for each object six emblems of a leaf (1-6), then six of a cloud (7-12); paths from the data root.
 * The pictures show a sign on a plaque, no object and nobody: a model can only tell them apart by what its training
 * captions said of the two signs. Within an object colour, relief and plaque are the same for both signs.
 */
export function planGenderbias(seed: number): Plan {
  const pictures = OBJECTS.flatMap((object, round) =>
    Array.from({ length: 2 * EACH }, (_, i) => {
      const family = i < EACH ? 'Leaf' : 'Cloud';
      return {
        file: `genderbias/${object}-images/${i + 1}.png`,
        draw: () => {
          const random = randomStream(seed, `test/genderbias/${object}/${i}`);
          return renderEmblem(drawEmblem(random, family, round * EACH + (i % EACH)));
        },
      };
    }),
  );
  return { texts: [], pictures };
}
