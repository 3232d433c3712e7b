'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { Pulse } from '../live/active.ts';
import { Logo } from './logo.tsx';
import { EvaluatingPulse } from './pulse.tsx';
import styles from './shell.module.css';
import { ThemeToggle } from './theme-toggle.tsx';

/** `also`: pages that belong to this one. */
const PAGES: readonly { href: string; title: string; also: readonly string[] }[] = [
  { href: '/', title: 'Leaderboard', also: ['/questions', '/reported', '/compare'] },
  { href: '/tasks', title: 'Tasks', also: [] },
];

export function Header({ pulse }: { pulse: Pulse | null }) {
  const path = usePathname();
  return (
    <header className={styles.header}>
      <Link href="/" className={styles.brand} aria-label="GDBench, leaderboard">
        <Logo />
        <b>GDBench</b>
      </Link>
      <nav className={styles.nav} aria-label="Main">
        {PAGES.map(({ href, title, also }) => (
          <Link key={href} href={href} aria-current={path === href ? 'page' : also.includes(path) ? 'true' : undefined}>
            {title}
          </Link>
        ))}
      </nav>
      <span className={styles.spacer} />
      <EvaluatingPulse initial={pulse} />
      <ThemeToggle />
      <Link href="/submit" className="button primary" aria-current={path === '/submit' ? 'page' : undefined}>
        Submit
      </Link>
    </header>
  );
}
