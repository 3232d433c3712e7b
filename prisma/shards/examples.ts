interface Range {
  readonly task: string;
  readonly from: number;
  readonly to: number;
}

/** Examples `from` (inclusive) to `to` (exclusive) of a task as people count them: "clevr 1 to 24". */
export function examplesIn({ task, from, to }: Range): string {
  return to - from === 1 ? `${task} ${to}` : `${task} ${from + 1} to ${to}`;
}
