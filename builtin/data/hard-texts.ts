import type { Random } from './random.ts';
import { COLORS, MATERIALS, type Scene, SHAPES, SIZES, VERBS } from './scene.ts';
import { isTrue } from './truth.ts';

/** Words that take each other's place; of the longer ones of a list, those that contain others come first. */
const FAMILIES: readonly (readonly string[])[] = [
  COLORS,
  SHAPES,
  SIZES,
  MATERIALS,
  ['left', 'right'],
  ['in front of', 'behind'],
  ['on top of', 'underneath'],
  VERBS,
  ['far', 'just'],
];

const MOST = 3;
/** What no caption holds: stands for a word while two are exchanged. */
const BLANK = '\u0000';

/**
 * Up to three false texts that differ from a true caption in one exchange: of two words of it ("a red cube and a blue
 * sphere" to "a blue cube and a red sphere"), of the two sides of a relation, or of one word for another of its kind.
 * Exchanges of what is there come first, since they cannot be told by the words alone.
 */
export function hardTexts(random: Random, caption: string, scene: Scene): string[] {
  const lower = caption.charAt(0).toLowerCase() + caption.slice(1);
  const asWritten = (text: string): string => (lower === caption ? text : text.charAt(0).toUpperCase() + text.slice(1));
  const isFalse = (text: string): boolean => text !== lower && reads(text, scene) === false;
  const swaps = random.shuffle([...wordSwaps(lower), ...sideSwaps(lower)]).filter(isFalse);
  const changes = random.shuffle(replacements(random, lower)).filter(isFalse);
  return [...new Set([...swaps.slice(0, 2), ...changes])].slice(0, MOST).map(asWritten);
}

/** Whether a text holds; undefined where it is not of the grammar. */
function reads(text: string, scene: Scene): boolean | undefined {
  try {
    return isTrue(text, scene);
  } catch {
    return undefined;
  }
}

function wordSwaps(caption: string): string[] {
  return FAMILIES.flatMap((family) => {
    const here = family.filter((word) => wordOf(word).test(caption));
    return here.flatMap((a, i) => here.slice(0, i).map((b) => exchanged(caption, a, b)));
  });
}

function exchanged(caption: string, a: string, b: string): string {
  return caption.replace(wordOf(a), BLANK).replace(wordOf(b), `${a}$1`).replace(BLANK, b);
}

/** The noun phrases on both sides of a relation or of "and" exchanged, where the caption is one clause of two. */
function sideSwaps(caption: string): string[] {
  const parts =
    /^(an? [a-z ]+?|the [a-z ]+?) ((?:is |stands )?(?:to the )?(?:far |just |straight )?(?:left of|right of|in front of|behind|on top of|underneath)|carries|lifts|touches|hovers over|hides behind|is tied to) ((?:a|the) [a-z ]+?)(\.?)$/.exec(
      caption,
    );
  return parts ? [`${parts[3]} ${parts[2]} ${parts[1]}${parts[4]}`] : [];
}

function replacements(random: Random, caption: string): string[] {
  return FAMILIES.flatMap((family) =>
    family
      .filter((word) => wordOf(word).test(caption))
      .map((word) => caption.replace(wordOf(word), `${random.pick(family.filter((w) => w !== word))}$1`)),
  );
}

/** A word or phrase as a whole, a plural's "s" kept apart. */
function wordOf(word: string): RegExp {
  return new RegExp(`\\b${word}(s?)\\b`);
}
