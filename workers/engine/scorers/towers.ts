import type { DualEncoderLayout } from '../checkpoint/dual-encoder-layout.ts';
import { pathOf } from '../checkpoint/folder.ts';
import { checkShape, fixedRows, matchInputs, pickOutput } from '../checkpoint/ports.ts';
import { checkTextPorts, encodeRows, IMAGE_ROLES, matchBoth, textFeeds } from '../runtime/encoders.ts';
import type { Feed, Model, OpenModel, Port } from '../runtime/session.ts';
import { TEXT_ROLES, type TextRole } from '../text/text-roles.ts';
import { provenWindow, type WindowOf } from '../text/text-window.ts';
import type { TextTokenizer, Tokens } from '../text/tokenizer.ts';

/** One tower: the graph it runs in, the input that counts its rows, its output, and what else the graph must be fed. */
interface Tower {
  readonly model: Model;
  readonly rows: Port;
  readonly output: string;
  /** Feeds of the other tower, where both share a graph. */
  readonly others: (rows: number) => Record<string, Feed>;
}

export interface Towers {
  readonly text: Tower;
  readonly image: Tower;
  readonly textPorts: ReadonlyMap<TextRole, Port>;
  readonly windowOf: WindowOf;
  readonly models: readonly Model[];
}

/**
 * Opens the graphs of a dual encoder.
 *
 * @throws CheckpointFault when a graph cannot be loaded, or has other ends than its file says.
 */
export async function openTowers(layout: DualEncoderLayout, openModel: OpenModel): Promise<Towers> {
  const { folder, models, outputs, tokenizer, input } = layout;
  const open = (file: string) => openModel(pathOf(folder, file), file);
  if ('joint' in models) return joinedTowers(await open(models.joint), layout);
  const text = await open(models.text);
  const image = await open(models.image);
  const textPorts = matchInputs<TextRole>(text, TEXT_ROLES);
  const pixels = matchInputs(image, IMAGE_ROLES).get('pixel_values')!;
  checkTextPorts(text, textPorts, tokenizer);
  checkShape(image, pixels, [null, 3, input.height, input.width], 'its image processor');
  const none = () => ({});
  const words = {
    model: text,
    rows: textPorts.get('input_ids')!,
    output: pickOutput(text, [outputs.text]).name,
    others: none,
  };
  return {
    text: words,
    image: { model: image, rows: pixels, output: pickOutput(image, [outputs.image]).name, others: none },
    textPorts,
    windowOf: await windowOfTower(words, textPorts, tokenizer),
    models: [text, image],
  };
}

function windowOfTower(
  { model, rows, output, others }: Tower,
  ports: ReadonlyMap<TextRole, Port>,
  tokenizer: TextTokenizer,
): Promise<WindowOf> {
  return provenWindow(ports, tokenizer, async (texts, window) => {
    const feeds = (part: readonly Tokens[], fed: number) => ({
      ...textFeeds(ports, window, part, fed),
      ...others(fed),
    });
    return (await encodeRows(model, rows, texts, output, feeds)).rows;
  });
}

/**
 * Both towers in one graph: while one works, the other is fed a single blank row, or as many as the graph insists on. A graph that
 * calls both batches by one symbol insists on as many as the first has, so every batch of texts pays for as many images, and the
 * reverse: the scores are the same, the time is not. Texts and images are asked for apart, by caches of their own, so real ones
 * are not fed together; exported with two symbols (as Optimum does) the graph costs nothing more.
 */
async function joinedTowers(model: Model, layout: DualEncoderLayout): Promise<Towers> {
  const { tokenizer, outputs } = layout;
  const { text: textPorts, pixels } = matchBoth(model);
  const ids = textPorts.get('input_ids')!;
  const { width, height } = layout.input;
  checkTextPorts(model, textPorts, tokenizer);
  checkShape(model, pixels, [null, 3, height, width], 'its image processor');
  const together = typeof ids.shape[0] === 'string' && ids.shape[0] !== '' && ids.shape[0] === pixels.shape[0];
  const blanks = (own: Port, rows: number) => fixedRows(own) ?? (together ? rows : 1);
  const blankText = tokenizer.encode('');
  const words: Tower = {
    model,
    rows: ids,
    output: pickOutput(model, [outputs.text]).name,
    others: (rows) => {
      const blank = blanks(pixels, rows);
      return { [pixels.name]: { data: new Float32Array(blank * 3 * width * height), dims: [blank, 3, height, width] } };
    },
  };
  const windowOf = await windowOfTower(words, textPorts, tokenizer);
  return {
    text: words,
    image: {
      model,
      rows: pixels,
      output: pickOutput(model, [outputs.image]).name,
      others: (rows) => textFeeds(textPorts, windowOf([blankText]), [blankText], blanks(ids, rows)),
    },
    textPorts,
    windowOf,
    models: [model],
  };
}
