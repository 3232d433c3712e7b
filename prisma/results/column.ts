/** A column of the board, one metric of one task. */
export interface Column {
  readonly task: string;
  readonly metric: string;
}

/** "<task>.<metric>" in its two parts; a task's name has no dot, a metric's may. */
export function columnOf(name: string): Column {
  const dot = name.indexOf('.');
  return { task: name.slice(0, dot), metric: name.slice(dot + 1) };
}
