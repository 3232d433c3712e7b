import {
  CHECKPOINT,
  CHECKPOINT_EVENTS,
  CHECKPOINT_STATES,
  EVALUATION,
  EVALUATION_EVENTS,
  EVALUATION_STATES,
  type Transitions,
  WORK,
  WORK_EVENTS,
  WORK_STATES,
} from '@gdbench/benchmark/states';

/** The text of docs/states.md: the tables of packages/benchmark/states.ts, drawn. */
export function statesPage(): string {
  return `# States

<!-- Written by \`npm run docs:states\` from packages/benchmark/states.ts. -->

What is drawn here is what the database allows: an event changes nothing in a state that it does not lead out of.

## A checkpoint

${diagram(CHECKPOINT, CHECKPOINT_STATES, CHECKPOINT_EVENTS)}

${meanings(CHECKPOINT_EVENTS)}

## An evaluation

While it waits it is shown as its checkpoint is: UPLOADING or INSPECTING.

${diagram(EVALUATION, EVALUATION_STATES, EVALUATION_EVENTS)}

${meanings(EVALUATION_EVENTS)}

## An item of work

${diagram(WORK, WORK_STATES, WORK_EVENTS)}

${meanings(WORK_EVENTS)}
`;
}

type Meanings<Event extends string> = Readonly<Record<Event, string>>;

/** Of mermaid; the first state is the one in which it is made, and those that nothing leads out of are ends. */
function diagram<State extends string, Event extends string>(
  table: Transitions<State, Event>,
  states: readonly State[],
  events: Meanings<Event>,
): string {
  const arrows = states.flatMap((state) => {
    const out = eventsOf(events).flatMap((event) => {
      const next = table[state][event];
      return next === null ? [] : [`${state} --> ${next}: ${event}`];
    });
    return out.length > 0 ? out : [`${state} --> [*]`];
  });
  const lines = ['stateDiagram-v2', ...[`[*] --> ${states[0]}`, ...arrows].map((line) => `  ${line}`)];
  return ['```mermaid', ...lines, '```'].join('\n');
}

/** Its columns are as wide as the formatter wants them. */
function meanings<Event extends string>(events: Meanings<Event>): string {
  const rows = [['event', 'what happens'], ...eventsOf(events).map((event) => [event, events[event]])];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`);
  return [lines[0], `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...lines.slice(1)].join('\n');
}

const eventsOf = <Event extends string>(events: Meanings<Event>) => Object.keys(events) as Event[];
