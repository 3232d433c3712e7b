import { CheckpointFault } from '../checkpoint/fault.ts';
import { type Ends, graphFault, pickOutput } from './ports.ts';

/** Names of a text encoder's outputs that a U-Net is told of. */
export interface TextOutputs {
  readonly hidden: string;
  /** `text_embeds`, or nothing. */
  readonly pooled: readonly string[];
}

/**
 * One encoder gives its last hidden state; of two (SDXL) each the last but one, and the second `text_embeds` too (GDBENCH.md 4).
 *
 * @throws CheckpointFault
 */
export function textOutputs(graph: Ends, of: { readonly ofTwo: boolean; readonly pooled: boolean }): TextOutputs {
  return {
    hidden: of.ofTwo ? lastButOne(graph) : pickOutput(graph, ['last_hidden_state'], true).name,
    pooled: of.pooled ? [pickOutput(graph, ['text_embeds']).name] : [],
  };
}

/** The last but one of the outputs hidden_states.0, hidden_states.1, ..., in the order of their numbers. */
function lastButOne(graph: Ends): string {
  const numbered = graph.outputs
    .flatMap(({ name }) => {
      const number = /^hidden_states\.(\d+)$/.exec(name)?.[1];
      return number === undefined ? [] : [{ name, number: Number(number) }];
    })
    .sort((a, b) => a.number - b.number);
  const found = numbered.at(-2);
  if (found) return found.name;
  throw new CheckpointFault([
    graphFault(
      graph,
      `has ${numbered.length} outputs \`hidden_states.<n>\``,
      'two or more of them (it is one of two text encoders)',
      'export it with its hidden states',
    ),
  ]);
}
