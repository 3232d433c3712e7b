import { type Color, type Look, type Material, type Scene, type Shape, type Size, VERBS, type Verb } from './scene.ts';
import { isTrue } from './truth.ts';

/** A noun phrase; absent parts are not spoken. Without a shape it says "object", without a determiner "a". */
export type Phrase = {
  determiner?: 'the' | 'one' | 'two' | 'three';
  size?: Size;
  material?: Material;
  color?: Color;
  shape?: Shape;
};

/** The phrase in words: "a small shiny red cube", "three blue spheres", "a gray object". */
export function say(p: Phrase): string {
  const plural = p.determiner === 'two' || p.determiner === 'three' ? 's' : '';
  let words: string = p.determiner ?? 'a';
  if (p.size) words += ` ${p.size}`;
  if (p.material) words += ` ${p.material}`;
  if (p.color) words += ` ${p.color}`;
  return `${words} ${p.shape ?? 'object'}${plural}`;
}

/** A sentence as CLEVR's captions have it: a capital and a full stop. */
export function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

export const colorShape = (l: Look): Phrase => ({ color: l.color, shape: l.shape });
export const sizeShape = (l: Look): Phrase => ({ size: l.size, shape: l.shape });
export const sizeColorShape = (l: Look): Phrase => ({ size: l.size, color: l.color, shape: l.shape });
export const materialColorShape = (l: Look): Phrase => ({ material: l.material, color: l.color, shape: l.shape });

const RELATIONS = ['left of', 'right of', 'in front of', 'behind', 'on top of', 'underneath'] as const;

/** Who does what to whom: "a red cube carries a blue sphere". */
export function deed(subject: Look, verb: Verb, object: Look): string {
  return `${say(colorShape(subject))} ${verb} ${say(colorShape(object))}`;
}

/**
 * True captions of a scene in the forms of the clevr, winoground and svo tasks, without repeats. Every one is checked
 * against the scene.
 */
export function trueCaptions(scene: Scene): string[] {
  const { solids } = scene;
  const said: string[] = [];
  const numbers = ['', 'one', 'two', 'three'] as const;
  if (solids.length > 2) return truths(countCaptions(solids, numbers), scene);
  for (const s of solids) {
    said.push(
      sentence(say({ color: s.color })),
      sentence(say({ shape: s.shape })),
      sentence(say(colorShape(s))),
      say(sizeColorShape(s)),
      say(materialColorShape(s)),
    );
    for (const side of ['left', 'right'] as const) said.push(sentence(`on the ${side} is ${say(colorShape(s))}`));
  }
  for (const a of solids) {
    for (const b of solids) {
      if (a === b) continue;
      said.push(
        sentence(`${say(colorShape(a))} and ${say(colorShape(b))}`),
        sentence(`${say(sizeShape(a))} and ${say(sizeShape(b))}`),
        `${say(colorShape(a))} and ${say(colorShape(b))}`,
        `${say(sizeColorShape(a))} and ${say(sizeColorShape(b))}`,
        `${say(materialColorShape(a))} and ${say(materialColorShape(b))}`,
        `${say(colorShape(a))} on the left and ${say(colorShape(b))} on the right`,
        `${say(colorShape(a))} on the right and ${say(colorShape(b))} on the left`,
      );
      for (const r of RELATIONS) said.push(`${say(colorShape(a))} ${r} ${say(colorShape(b))}`);
      for (const verb of VERBS) said.push(deed(a, verb, b));
    }
  }
  return truths(said, scene);
}

function countCaptions(looks: readonly Look[], numbers: readonly ['', 'one', 'two', 'three']): string[] {
  const groups = new Map<string, { look: Look; n: number }>();
  for (const l of looks) {
    const key = say(colorShape(l));
    const group = groups.get(key);
    if (group) group.n += 1;
    else groups.set(key, { look: l, n: 1 });
  }
  const said = [...groups.values()].map(({ look, n }) => say({ ...colorShape(look), ...counted(n, numbers) }));
  const out = [...said];
  for (const a of said) for (const b of said) if (a !== b) out.push(`${a} and ${b}`);
  for (const { look } of groups.values())
    out.push(sentence(say({ color: look.color })), sentence(say({ shape: look.shape })));
  return out;
}

function counted(n: number, numbers: readonly ['', 'one', 'two', 'three']): Pick<Phrase, 'determiner'> {
  const word = numbers[n];
  return word ? { determiner: word } : {};
}

function truths(said: readonly string[], scene: Scene): string[] {
  return [...new Set(said)].filter((caption) => isTrue(caption, scene));
}
