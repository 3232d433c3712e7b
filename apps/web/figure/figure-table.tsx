import type { ComponentProps, ReactNode } from 'react';
import styles from './figure-table.module.css';

/** A region across its panel that scrolls sideways when what is in it is wider. */
export function Scroll({
  label,
  className = '',
  children,
}: {
  label: string;
  className?: string | undefined;
  children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls sideways must be reachable by keyboard
    <section className={`${styles.scroll} ${className}`} aria-label={`${label}, scrolls sideways`} tabIndex={0}>
      {children}
    </section>
  );
}

/** A table of figures: names on the left, figures set right, a line between rows. */
export function FigureTable({ className = '', ...rest }: ComponentProps<'table'>) {
  return <table className={`${styles.table} ${className}`} {...rest} />;
}
