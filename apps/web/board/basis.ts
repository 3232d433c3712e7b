import type { TasksQuery } from '../generated/graphql.ts';
import type { Row } from './order.ts';

/** "builtin 1"; null for a root without a name of its own. */
export function dataSetName({ name, version }: TasksQuery['dataSet']): string | null {
  return name ? [name, version].filter(Boolean).join(' ') : null;
}

/** The sampling budgets of the rows that sample: "25", "10, 25 or 250"; null where none does. */
export function budgetsOf(rows: readonly { readonly evaluation: Pick<Row['evaluation'], 'samples'> }[]): string | null {
  const budgets = [...new Set(rows.flatMap(({ evaluation }) => evaluation.samples ?? []))].sort((a, b) => a - b);
  if (budgets.length < 2) return budgets[0]?.toString() ?? null;
  return `${budgets.slice(0, -1).join(', ')} or ${budgets.at(-1)}`;
}
