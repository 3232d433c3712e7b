import { colorShape, materialColorShape, say, sizeShape, trueCaptions } from './captions.ts';
import type { Caption } from './creatures.ts';
import { hardTexts } from './hard-texts.ts';
import { FINE_RELATIONS, PLACES } from './places.ts';
import type { Random } from './random.ts';
import { type Detail, tell } from './retell.ts';
import { type Scene, type Solid, VERBS } from './scene.ts';
import { isTrue } from './truth.ts';
import { exchangesOf } from './visual-genome.ts';

const DETAILS: readonly Detail[] = ['gist', 'relation', 'looks', 'twoClauses', 'fullest'];

/**
 * Up to `most` true captions of a scene in the forms of all tasks, each with hard texts. Half of those of a scene of two
 * name both solids.
 */
export function sceneCaptions(random: Random, scene: Scene, most: number): Caption[] {
  const plain = random.shuffle(trueCaptions(scene));
  const both = plain.filter((text) => namesTwo(text));
  const others = plain.filter((text) => !namesTwo(text));
  const fine = random.shuffle(fineCaptions(scene)).slice(0, 3);
  const told = scene.solids.length > 1 ? DETAILS.flatMap((d) => attempt(() => tell(random, scene, d, () => true))) : [];
  const rest = random.shuffle([...fine, ...random.shuffle(told).slice(0, 3)]);
  const singles = others.slice(0, Math.max(3, most - rest.length - most / 2));
  const texts = [...rest, ...singles, ...both].slice(0, most);
  return [...new Set(texts)].map((text) => ({ text, hard: hardTexts(random, text, scene) }));
}

function namesTwo(text: string): boolean {
  return (text.match(/cube|sphere|cylinder|object/g) ?? []).length > 1;
}

/** [] where nothing can be said. */
function attempt(say: () => string): string[] {
  try {
    return [say()];
  } catch {
    return [];
  }
}

/** Relations and traits as the ARO tasks ask them, verbs, and the finer places. */
function fineCaptions(scene: Scene): string[] {
  const { solids } = scene;
  const short = (s: Solid): string => say(colorShape(s));
  const pairs = solids.flatMap((a) => solids.filter((b) => b !== a).map((b): [Solid, Solid] => [a, b]));
  const said = pairs.flatMap(([a, b]) => [
    ...Object.keys(FINE_RELATIONS).map((r) => `${short(a)} is ${r} ${short(b)}`),
    ...VERBS.map((verb) => `${short(a)} ${verb} ${short(b)}`),
  ]);
  const alone = solids.flatMap((s) => [
    ...Object.keys(PLACES).map((place) => `${short(s)} is ${place}`),
    `there is ${say(materialColorShape(s))}`,
    `there is ${say(sizeShape(s))}`,
  ]);
  const asked = exchangesOf(scene).map(({ right }) => right);
  return [...said, ...alone, ...asked].filter((text) => isTrue(text, scene));
}
