import type { DiffusionLayout } from '../checkpoint/diffusion-layout.ts';
import { CheckpointFault } from '../checkpoint/fault.ts';
import { pathOf } from '../checkpoint/folder.ts';
import { fixedRows, graphFault, matchInputs } from '../checkpoint/ports.ts';
import type { TextPart } from '../checkpoint/text-part.ts';
import { checkTextPorts, encodeOutputs, requireFinite, textFeeds } from '../runtime/encoders.ts';
import type { Model, OpenModel } from '../runtime/session.ts';
import { textOutputs } from '../text/text-outputs.ts';
import { TEXT_ROLES, type TextRole } from '../text/text-roles.ts';
import { wholeWindow } from '../text/text-window.ts';
import type { Tokens } from '../text/tokenizer.ts';

/** What the U-Net is told of one text. */
export interface Conditioning {
  /** Hidden states [tokens, width], flattened. */
  readonly hidden: { readonly data: Float32Array; readonly dims: readonly number[] };
  /** SDXL: the second encoder's `text_embeds`. */
  readonly pooled?: Float32Array;
  readonly byteLength: number;
}

/** The text side of a diffusion checkpoint. */
export interface TextSide {
  readonly models: readonly Model[];
  /** Tokens of every text, of the first tokenizer. */
  readonly tokenLength: number;
  /** Texts that the graphs insist on at once, or null. */
  readonly fixed: number | null;
  /** @throws CheckpointFault when a graph fails, gives NaN, or outputs that do not fit each other. */
  encode(texts: readonly string[]): Promise<Conditioning[]>;
}

/**
 * Opens the tokenizers and text encoders. One encoder: its last hidden state. Two (SDXL): the last but one of each encoder's
 * `hidden_states.<n>`, side by side, and the second's `text_embeds`; the empty text is all zeros where the model index says
 * `force_zeros_for_empty_prompt` (GDBENCH.md 4).
 */
export async function openConditioning(layout: DiffusionLayout, open: OpenModel): Promise<TextSide> {
  const [first, second] = layout.texts;
  const [one, two] = [
    await openEncoder(layout, first, second !== undefined, open),
    second && (await openEncoder(layout, second, true, open)),
  ];
  return {
    models: [one.model, ...(two ? [two.model] : [])],
    tokenLength: one.tokenLength,
    fixed: one.fixed ?? two?.fixed ?? null,
    async encode(texts) {
      const encoded = await one.encode(texts);
      const further = await two?.encode(texts);
      return encoded.map((own, i) => {
        const both = further ? sideBySide(one.model, two!.model, own, further[i]!) : own;
        return layout.zeroEmptyText && texts[i] === '' ? zerosLike(both) : both;
      });
    },
  };
}

interface Encoder {
  readonly model: Model;
  readonly tokenLength: number;
  readonly fixed: number | null;
  encode(texts: readonly string[]): Promise<Conditioning[]>;
}

async function openEncoder(layout: DiffusionLayout, part: TextPart, ofTwo: boolean, open: OpenModel): Promise<Encoder> {
  const { tokenizer } = part;
  const model = await open(pathOf(layout.folder, part.model), part.model);
  const ports = matchInputs<TextRole>(model, TEXT_ROLES);
  checkTextPorts(model, ports, tokenizer);
  const { hidden, pooled } = textOutputs(model, { ofTwo, pooled: part.pooled });
  const ids = ports.get('input_ids')!;
  // The U-Net sees the padding's hidden states too.
  const whole = wholeWindow(tokenizer.length);
  return {
    model,
    tokenLength: tokenizer.length,
    fixed: fixedRows(ids),
    async encode(texts) {
      const tokens = texts.map((text) => (part.masked ? tokenizer.encode(text) : unmasked(tokenizer.encode(text))));
      const [states, embeds] = await encodeOutputs(model, ids, tokens, [hidden, ...pooled], (some, fed) =>
        textFeeds(ports, whole(some), some, fed),
      );
      requireRank(model, hidden, states!.dims, 2, '[batch, tokens, width]');
      if (embeds) requireRank(model, pooled[0]!, embeds.dims, 1, '[batch, width]');
      return states!.rows.map((data, i) => {
        requireFinite(model, data);
        const own = { data, dims: states!.dims };
        if (!embeds) return conditioning(own);
        requireFinite(model, embeds.rows[i]!);
        return conditioning(own, embeds.rows[i]!);
      });
    },
  };
}

/** diffusers' pipelines tell an encoder of padding only where its configuration says `use_attention_mask`. */
function unmasked({ ids, mask }: Tokens): Tokens {
  return { ids, mask: new Int32Array(mask.length).fill(1) };
}

function requireRank(model: Model, output: string, dims: readonly number[], rank: number, want: string): void {
  if (dims.length === rank) return;
  const found = `gives \`${output}\` with ${dims.length + 1} dimensions`;
  throw new CheckpointFault([graphFault(model, found, want, 'export it with these')]);
}

function conditioning(hidden: Conditioning['hidden'], pooled?: Float32Array): Conditioning {
  const byteLength = hidden.data.byteLength + (pooled?.byteLength ?? 0);
  return pooled ? { hidden, pooled, byteLength } : { hidden, byteLength };
}

function sideBySide(first: Model, second: Model, a: Conditioning, b: Conditioning): Conditioning {
  const [tokens, left] = a.hidden.dims as [number, number];
  const [others, right] = b.hidden.dims as [number, number];
  if (tokens !== others) {
    const found = `gives ${others} tokens a text`;
    const expected = `the ${tokens} of ${first.file}`;
    throw new CheckpointFault([
      graphFault(second, found, expected, 'export them together, with tokenizers of one length'),
    ]);
  }
  const width = left + right;
  const data = new Float32Array(tokens * width);
  for (let token = 0; token < tokens; token++) {
    data.set(a.hidden.data.subarray(token * left, (token + 1) * left), token * width);
    data.set(b.hidden.data.subarray(token * right, (token + 1) * right), token * width + left);
  }
  return conditioning({ data, dims: [tokens, width] }, b.pooled);
}

function zerosLike({ hidden, pooled }: Conditioning): Conditioning {
  const zeros = { data: new Float32Array(hidden.data.length), dims: hidden.dims };
  return pooled ? conditioning(zeros, new Float32Array(pooled.length)) : conditioning(zeros);
}
