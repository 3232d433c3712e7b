import Link from 'next/link';

/** A name that leads to the board, ordered by this metric; the name alone where the board has no such column. */
export function MeasuredColumn({
  metric,
  columns,
  children,
}: {
  metric: string;
  columns: ReadonlySet<string>;
  children: string;
}) {
  if (!columns.has(metric)) return children;
  return (
    <Link href={`/?sort=${metric}&show=all`} prefetch={false} title="The measured column">
      {children}
    </Link>
  );
}
