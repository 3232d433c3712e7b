import { canAct, composeAction } from './actions.ts';
import { colorShape, deed, materialColorShape, say, sizeColorShape } from './captions.ts';
import { compose, type Layout, randomLook } from './compose.ts';
import { isForTest } from './contents.ts';
import { type Random, randomStream } from './random.ts';
import { COLORS, type Look, type Scene, SHAPES, type Verb } from './scene.ts';

/** One row of winoground's data.json. */
type WinogroundRow = {
  id: number;
  caption_0: string;
  caption_1: string;
  tag: string;
  secondary_tag: string;
  num_main_preds: number;
  collapsed_tag: 'Object' | 'Relation';
};

type WinogroundItem = { row: WinogroundRow; scenes: [Scene, Scene] };

/** How to place the looks: by a layout, or as subject and object of a verb. */
type Placing = { layout: Layout } | { verb: Verb };
/** Two captions of the same words in another order, and what to place for each. */
type Draft = Placing & { captions: [string, string]; looks: [Look[], Look[]] };
type Kind = { tag: string; collapsed: WinogroundRow['collapsed_tag']; count: number; draft: (random: Random) => Draft };

// Tags are those that the official file gives to the same kind of swap; "Verb" is ours, for who does it to whom.
const KINDS: readonly Kind[] = [
  { tag: 'Noun Phrase', collapsed: 'Object', count: 56, draft: stackDraft },
  {
    tag: 'Noun Phrase',
    collapsed: 'Object',
    count: 56,
    draft: (r) => orderDraft(r, ['left of', 'right of'], 'beside'),
  },
  {
    tag: 'Noun Phrase',
    collapsed: 'Object',
    count: 44,
    draft: (r) => orderDraft(r, ['in front of', 'behind'], 'ahead'),
  },
  { tag: 'Preposition', collapsed: 'Relation', count: 36, draft: sidesDraft },
  { tag: 'Adjective-Color', collapsed: 'Relation', count: 36, draft: colorDraft },
  { tag: 'Noun', collapsed: 'Object', count: 16, draft: nounDraft },
  { tag: 'Adjective-Size', collapsed: 'Relation', count: 44, draft: sizeDraft },
  { tag: 'Adjective-Texture', collapsed: 'Relation', count: 28, draft: textureDraft },
  { tag: 'Determiner-Numeral', collapsed: 'Relation', count: 16, draft: numberDraft },
  { tag: 'Verb', collapsed: 'Object', count: 68, draft: verbDraft },
];

/** All winoground examples of a seed, in the order of their ids, kinds well mixed. */
export function planWinoground(seed: number): WinogroundItem[] {
  const order = randomStream(seed, 'test/winoground/order').shuffle(
    KINDS.flatMap((kind) => Array.from({ length: kind.count }, () => kind)),
  );
  const taken = new Set<string>();
  return order.map((kind, id) => {
    const random = randomStream(seed, `test/winoground/${id}`);
    const isFree = ({ captions, looks }: Draft): boolean =>
      looks.every(isForTest) && !taken.has([...captions].sort().join('\n'));
    let draft = kind.draft(random);
    while (!isFree(draft)) draft = kind.draft(random);
    taken.add([...draft.captions].sort().join('\n'));
    const [caption_0, caption_1] = draft.captions;
    const row = { id, caption_0, caption_1, tag: kind.tag, secondary_tag: '', num_main_preds: 1 };
    return {
      row: { ...row, collapsed_tag: kind.collapsed },
      scenes: [draw(random, draft, 0), draw(random, draft, 1)],
    };
  });
}

function draw(random: Random, draft: Draft, which: 0 | 1): Scene {
  const looks = draft.looks[which];
  if ('layout' in draft) return compose(random, looks, draft.layout);
  return composeAction(random, looks[0]!, looks[1]!, draft.verb);
}

/** Two looks of different colours, at least one of them large; shapes may be equal. */
function twoColors(random: Random): [Look, Look] {
  const [c1, c2] = random.shuffle(COLORS);
  const a = { ...randomLook(random), color: c1! };
  const b = { ...randomLook(random), color: c2! };
  return a.size === 'small' ? [a, { ...b, size: 'large' }] : [a, b];
}

/** Two looks of different colours and shapes. */
function twoKinds(random: Random): [Look, Look] {
  const [s1, s2] = random.shuffle(SHAPES);
  const [a, b] = twoColors(random);
  return [
    { ...a, shape: s1! },
    { ...b, shape: s2! },
  ];
}

function stackDraft(random: Random): Draft {
  const flat = ['cube', 'cylinder'] as const;
  const [a, b] = twoColors(random).map((l) => ({ ...l, shape: random.pick(flat) })) as [Look, Look];
  // The lower one is larger, so that the pile looks at rest.
  const pile = (top: Look, bottom: Look): Look[] => [
    { ...top, size: 'small' },
    { ...bottom, size: 'large' },
  ];
  const say2 = (x: Look, y: Look): string => `${say(colorShape(x))} on top of ${say(colorShape(y))}`;
  return { captions: [say2(a, b), say2(b, a)], looks: [pile(a, b), pile(b, a)], layout: 'stacked' };
}

/** "x RELATION y" against "y RELATION x"; the layout puts its first look left or in front. */
function orderDraft(random: Random, relations: readonly [string, string], layout: Layout): Draft {
  const [a, b] = twoColors(random);
  const forward = random.chance(0.5);
  const say2 = (x: Look, y: Look): string =>
    `${say(colorShape(x))} ${forward ? relations[0] : relations[1]} ${say(colorShape(y))}`;
  const looks: [Look[], Look[]] = forward
    ? [
        [a, b],
        [b, a],
      ]
    : [
        [b, a],
        [a, b],
      ];
  return { captions: [say2(a, b), say2(b, a)], looks, layout };
}

function sidesDraft(random: Random): Draft {
  const [a, b] = twoColors(random);
  const say2 = (x: string, y: string): string =>
    `${say(colorShape(a))} on the ${x} and ${say(colorShape(b))} on the ${y}`;
  return {
    captions: [say2('left', 'right'), say2('right', 'left')],
    looks: [
      [a, b],
      [b, a],
    ],
    layout: 'beside',
  };
}

/** "x and y" with one property exchanged; where the two stand is left to chance. */
function exchangeDraft(random: Random, pair: [Look, Look], swapped: [Look, Look], phrase: (l: Look) => string): Draft {
  const say2 = (p: [Look, Look]): string => `${phrase(p[0])} and ${phrase(p[1])}`;
  return {
    captions: [say2(pair), say2(swapped)],
    looks: [random.shuffle(pair), random.shuffle(swapped)],
    layout: 'beside',
  };
}

function colorDraft(random: Random): Draft {
  const [a, b] = twoKinds(random);
  const swapped: [Look, Look] = [
    { ...a, color: b.color },
    { ...b, color: a.color },
  ];
  return exchangeDraft(random, [a, b], swapped, (l) => say(colorShape(l)));
}

function nounDraft(random: Random): Draft {
  const [a, b] = twoKinds(random);
  const swapped: [Look, Look] = [
    { ...a, shape: b.shape },
    { ...b, shape: a.shape },
  ];
  return exchangeDraft(random, [a, b], swapped, (l) => say(colorShape(l)));
}

function sizeDraft(random: Random): Draft {
  const [a, b] = twoColors(random);
  const pair: [Look, Look] = [
    { ...a, size: 'small' },
    { ...b, size: 'large' },
  ];
  const swapped: [Look, Look] = [
    { ...a, size: 'large' },
    { ...b, size: 'small' },
  ];
  return exchangeDraft(random, pair, swapped, (l) => say(sizeColorShape(l)));
}

function textureDraft(random: Random): Draft {
  const [a, b] = twoColors(random);
  const pair: [Look, Look] = [
    { ...a, size: 'large', material: 'shiny' },
    { ...b, size: 'large', material: 'matte' },
  ];
  const swapped: [Look, Look] = [
    { ...pair[0], material: 'matte' },
    { ...pair[1], material: 'shiny' },
  ];
  return exchangeDraft(random, pair, swapped, (l) => say(materialColorShape(l)));
}

function numberDraft(random: Random): Draft {
  const [a, b] = twoColors(random).map((l): Look => ({ ...l, size: 'small' })) as [Look, Look];
  const say2 = (n: 'two' | 'three', m: 'two' | 'three'): string =>
    `${say({ ...colorShape(a), determiner: n })} and ${say({ ...colorShape(b), determiner: m })}`;
  return {
    captions: [say2('two', 'three'), say2('three', 'two')],
    looks: [
      [a, a, b, b, b],
      [a, a, a, b, b],
    ],
    layout: 'scattered',
  };
}

/** Subject and object exchanged, so only verbs that do not say the same of both, and looks that can do it to each other. */
function verbDraft(random: Random): Draft {
  const verb = random.pick(['carries', 'lifts', 'hovers over', 'hides behind'] as const);
  for (;;) {
    const [a, b] = twoColors(random);
    if (!canAct(a, b, verb) || !canAct(b, a, verb)) continue;
    return {
      captions: [deed(a, verb, b), deed(b, verb, a)],
      looks: [
        [a, b],
        [b, a],
      ],
      verb,
    };
  }
}
