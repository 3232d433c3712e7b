import { renderCreature } from './anatomy.ts';
import { drawCreature, KINDS, kindName } from './creatures.ts';
import type { Plan } from './plan.ts';
import { randomStream } from './random.ts';

const PICTURES_A_CLASS = 3;

/** The pets task: its list of 37 classes, and three creatures of each, all of another look; paths from the data root. */
export function planPets(seed: number): Plan {
  return {
    texts: [{ file: 'pets/classes.txt', text: `${KINDS.map(kindName).join('\n')}\n` }],
    pictures: KINDS.flatMap((kind) =>
      Array.from({ length: PICTURES_A_CLASS }, (_, i) => {
        const name = kindName(kind);
        const file = `pets/images/${name.replaceAll(' ', '_')}_${i + 1}.png`;
        return { file, draw: () => renderCreature(drawCreature(randomStream(seed, `test/pets/${name}/${i}`), kind)) };
      }),
    ),
  };
}
