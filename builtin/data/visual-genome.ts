import { canAct, composeAction } from './actions.ts';
import { addBystanders } from './bystanders.ts';
import { colorShape, say } from './captions.ts';
import { compose, randomLook } from './compose.ts';
import { isForTest } from './contents.ts';
import { type Random, randomStream } from './random.ts';
import { SIDE } from './raycast.ts';
import { contentKey, type Look, type Scene, type Shape, type Verb } from './scene.ts';
import { type ScenePicture, type ScenePlan, scenePicture } from './scene-picture.ts';
import { isTrue } from './truth.ts';
import { boxOf } from './visible.ts';

type Annotation = {
  image_path: string;
  /** The box around what is seen of both solids, in pixels of the image. */
  bbox_x: number;
  bbox_y: number;
  bbox_w: number;
  bbox_h: number;
  true_caption: string;
  false_caption: string;
};
/** One row of vg_relation/visual_genome_relation.json. */
export type RelationRow = Annotation & { relation_name: string };
/** One row of vg_attribution/visual_genome_attribution.json. */
export type AttributionRow = Annotation & { attributes: [string, string] };

const VISUAL_GENOME_IMAGES = 400;

/** How a relation is said between two noun phrases, and how to place the two; "scattered" finds them afterwards. */
const RELATIONS: Record<string, { words: string; placing: 'scattered' | 'on top' | 'below' | Verb }> = {
  'to the left of': { words: 'is to the left of', placing: 'scattered' },
  'to the right of': { words: 'is to the right of', placing: 'scattered' },
  'in front of': { words: 'is in front of', placing: 'scattered' },
  behind: { words: 'is behind', placing: 'scattered' },
  'on top of': { words: 'is on top of', placing: 'on top' },
  underneath: { words: 'is underneath', placing: 'below' },
  // The verbs that do not say the same of both solids.
  carries: { words: 'carries', placing: 'carries' },
  lifts: { words: 'lifts', placing: 'lifts' },
  'hovers over': { words: 'hovers over', placing: 'hovers over' },
  'hides behind': { words: 'hides behind', placing: 'hides behind' },
};
const RELATION_NAMES = Object.keys(RELATIONS);

const TRAITS = ['color', 'size', 'material'] as const;
type Trait = (typeof TRAITS)[number];
/** What is said of the first and the second solid. */
const TRAIT_PAIRS = TRAITS.flatMap((one) => TRAITS.map((other): [Trait, Trait] => [one, other]));

/**
 * The rows and images of both ARO tasks: images of three or four solids, one row a task an image. Relations occur equally
 * often, and so do pairs of traits, up to one row. Noun phrases are definite and speak of one solid of the whole image,
 * though a row's box may leave the others out.
 */
export function planVisualGenome(seed: number): ScenePlan {
  const order = randomStream(seed, 'test/vg/order');
  const many = <T>(items: readonly T[]): T[] =>
    order.shuffle(Array.from({ length: VISUAL_GENOME_IMAGES }, (_, i) => items[i % items.length]!));
  const relationNames = many(RELATION_NAMES);
  const traitPairs = many(TRAIT_PAIRS);
  const relations: RelationRow[] = [];
  const attributions: AttributionRow[] = [];
  const pictures: ScenePicture[] = [];
  const taken = new Set<string>();
  for (let i = 0; i < VISUAL_GENOME_IMAGES; i++) {
    const file = `vg_${String(i).padStart(6, '0')}.png`;
    const item = drawItem(randomStream(seed, `test/vg/${i}`), relationNames[i]!, traitPairs[i]!, taken);
    taken.add(contentKey(item.scene.solids));
    pictures.push(scenePicture(`vg_relation/images/${file}`, item.scene));
    pictures.push(scenePicture(`vg_attribution/images/${file}`, item.scene));
    relations.push({ ...annotate(file, item.scene, item.relation), relation_name: relationNames[i]! });
    attributions.push({ ...annotate(file, item.scene, item.attribution), attributes: item.attribution.attributes });
  }
  const texts = [
    { file: 'vg_relation/visual_genome_relation.json', text: JSON.stringify(relations) },
    { file: 'vg_attribution/visual_genome_attribution.json', text: JSON.stringify(attributions) },
  ];
  return { texts, pictures };
}

/** What a row says of two solids, given by their indices. */
type Said = { pair: [number, number]; right: string; wrong: string };
type Attribution = Said & { attributes: [string, string] };
type Item = { scene: Scene; relation: Said; attribution: Attribution };

/** An image and what its two rows say; its solids, as a set, are not among those taken. */
function drawItem(random: Random, relationName: string, traits: [Trait, Trait], taken: ReadonlySet<string>): Item {
  for (;;) {
    const looks = Array.from({ length: random.pick([3, 4]) }, () => randomLook(random));
    if (new Set(looks.map((l) => say(colorShape(l)))).size < looks.length) continue;
    if (!isForTest(looks) || taken.has(contentKey(looks)) || attributionsOf(looks, traits).length === 0) continue;
    const placed = place(random, looks, relationName);
    if (!placed) continue;
    const { solids, action } = placed.scene;
    // What hides is too little seen to tell its size or its shine.
    const hidden = action?.verb === 'hides behind' ? action.subject : null;
    const attributions = attributionsOf(solids, traits).filter(({ pair }) => pair.every((i) => i !== hidden));
    if (attributions.length > 0) return { ...placed, attribution: random.pick(attributions) };
  }
}

/** What is left around the two solids of a row, and the least side of its box, in pixels. */
const MARGIN = 4;
const LEAST_BOX = 40;

/** A row about two solids; its box is a square around what is seen of both, so that no crop is stretched. */
function annotate(file: string, scene: Scene, { pair, right, wrong }: Said): Annotation {
  const boxes = pair.map((index) => boxOf(scene, index, SIDE));
  const [left, top] = [Math.min(...boxes.map((b) => b.x)), Math.min(...boxes.map((b) => b.y))];
  const width = Math.max(...boxes.map((b) => b.x + b.w)) - left;
  const height = Math.max(...boxes.map((b) => b.y + b.h)) - top;
  const side = Math.min(SIDE, Math.max(LEAST_BOX, Math.max(width, height) + 2 * MARGIN));
  const start = (from: number, length: number): number =>
    Math.max(0, Math.min(SIDE - side, Math.round(from + length / 2 - side / 2)));
  return {
    image_path: file,
    bbox_x: start(left, width),
    bbox_y: start(top, height),
    bbox_w: side,
    bbox_h: side,
    true_caption: right,
    false_caption: wrong,
  };
}

/** The looks in their places, and two of them to which the relation applies; null when these looks do not allow it. */
function place(random: Random, looks: readonly Look[], name: string): { scene: Scene; relation: Said } | null {
  const { words, placing } = RELATIONS[name]!;
  if (placing === 'scattered') {
    const scene = addBystanders(random, compose(random, looks.slice(0, 1), 'scattered'), looks.slice(1));
    if (!scene) return null;
    const all = random.shuffle(pairsOf(scene.solids)).map((pair) => relationOf(scene.solids, pair, words));
    const relation = all.find(({ right }) => isTrue(right, scene));
    return relation ? { scene, relation } : null;
  }
  const [subject, object, ...others] = looks as [Look, Look, ...Look[]];
  const verb = placing === 'on top' || placing === 'below' ? 'carries' : placing;
  // Either could do it to the other, so that the text alone does not give the answer away.
  if (!canAct(subject, object, verb) || !canAct(object, subject, verb)) return null;
  const scene = addBystanders(random, composeAction(random, subject, object, verb), others);
  if (!scene) return null;
  const { subject: actor, object: target } = scene.action!;
  const pair: [number, number] = placing === 'on top' ? [target, actor] : [actor, target];
  return { scene, relation: relationOf(scene.solids, pair, words) };
}

/** What both tasks could say of a scene: captions that are true, each with the exchange that is false. */
export function exchangesOf(scene: Scene): { right: string; wrong: string }[] {
  const { solids } = scene;
  const words = Object.values(RELATIONS).map((relation) => relation.words);
  const relations = pairsOf(solids).flatMap((pair) => words.map((w) => relationOf(solids, pair, w)));
  const attributions = TRAIT_PAIRS.flatMap((traits) => attributionsOf(solids, traits));
  return [...relations.filter(({ right }) => isTrue(right, scene)), ...attributions];
}

function relationOf(looks: readonly Look[], [i, j]: [number, number], words: string): Said {
  const the = (l: Look): string => say({ determiner: 'the', ...colorShape(l) });
  const [a, b] = [the(looks[i]!), the(looks[j]!)];
  return { pair: [i, j], right: `${a} ${words} ${b}`, wrong: `${b} ${words} ${a}` };
}

/** All that can be said of two of the looks with these traits. */
function attributionsOf(looks: readonly Look[], traits: [Trait, Trait]): Attribution[] {
  return pairsOf(looks).flatMap((pair) => attributionOf(looks, pair, traits) ?? []);
}

/**
 * "the red cube and the shiny sphere" with its traits exchanged; null unless each phrase fits one solid alone, and none
 * fits either phrase of the exchange.
 */
function attributionOf(
  looks: readonly Look[],
  pair: [number, number],
  [one, other]: [Trait, Trait],
): Attribution | null {
  const [a, b] = [looks[pair[0]]!, looks[pair[1]]!];
  if (a.shape === b.shape) return null;
  const fitting = (trait: Trait, from: Look, shape: Shape): number =>
    looks.filter((l) => l.shape === shape && l[trait] === from[trait]).length;
  if (fitting(one, a, a.shape) !== 1 || fitting(other, b, b.shape) !== 1) return null;
  if (fitting(other, b, a.shape) > 0 || fitting(one, a, b.shape) > 0) return null;
  const the = (trait: Trait, from: Look, shape: Shape): string =>
    say({ determiner: 'the', [trait]: from[trait], shape });
  return {
    pair,
    right: `${the(one, a, a.shape)} and ${the(other, b, b.shape)}`,
    wrong: `${the(other, b, a.shape)} and ${the(one, a, b.shape)}`,
    attributes: [a[one], b[other]],
  };
}

function pairsOf(looks: readonly Look[]): [number, number][] {
  return looks.flatMap((_, i) => looks.flatMap((_, j): [number, number][] => (i === j ? [] : [[i, j]])));
}
