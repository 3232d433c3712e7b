import { CheckpointFault } from '../checkpoint/fault.ts';
import { type Ends, graphFault, pickOutput } from '../checkpoint/ports.ts';

/** Names of a text encoder's outputs that a U-Net is told of. */
export interface TextOutputs {
  readonly hidden: string;
  /** `text_embeds`, or nothing. */
  readonly pooled: readonly string[];
}

/**
 * One encoder gives its last hidden state; of two (SDXL) each the last but one, and the second `text_embeds` too (GDBENCH.md 4).
 *
 * @param of.layers of the encoder, where its configuration says: its hidden states are one more.
 * @throws CheckpointFault
 */
export function textOutputs(
  graph: Ends,
  of: { readonly ofTwo: boolean; readonly pooled: boolean; readonly layers?: number | undefined },
): TextOutputs {
  return {
    hidden: of.ofTwo ? lastButOne(graph, of.layers) : pickOutput(graph, ['last_hidden_state'], true).name,
    pooled: of.pooled ? [pickOutput(graph, ['text_embeds']).name] : [],
  };
}

/** The last but one of the outputs hidden_states.0, hidden_states.1, ..., in the order of their numbers, if the last are all there. */
function lastButOne(graph: Ends, layers: number | undefined): string {
  const numbered = graph.outputs
    .flatMap(({ name }) => {
      const number = /^hidden_states\.(\d+)$/.exec(name)?.[1];
      return number === undefined ? [] : [{ name, number: Number(number) }];
    })
    .sort((a, b) => a.number - b.number);
  const [found, last] = numbered.slice(-2);
  if (found && last) {
    if (last.number === found.number + 1 && last.number >= (layers ?? 0)) return found.name;
    const end = Math.max(last.number, layers ?? 0);
    throw new CheckpointFault([
      graphFault(
        graph,
        `gives \`${found.name}\` and \`${last.name}\` as its last hidden states`,
        `\`hidden_states.${end - 1}\` and \`hidden_states.${end}\``,
        'export it with all of its hidden states',
      ),
    ]);
  }
  throw new CheckpointFault([
    graphFault(
      graph,
      `has ${numbered.length} outputs \`hidden_states.<n>\``,
      'two or more of them (it is one of two text encoders)',
      'export it with its hidden states',
    ),
  ]);
}
