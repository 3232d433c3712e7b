'use client';

import { useSyncExternalStore } from 'react';
import styles from './shell.module.css';
import { currentTheme, onThemeChange, setTheme, THEMES } from './theme.ts';

const ICONS = {
  system: 'M3 4h14v9H3zM7 16h6M10 13v3',
  light:
    'M10 6.5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 1 0 0-7zM10 2v2M10 16v2M2 10h2M16 10h2M4.3 4.3l1.4 1.4M14.3 14.3l1.4 1.4M4.3 15.7l1.4-1.4M14.3 5.7l1.4-1.4',
  dark: 'M16.5 12.3A7 7 0 0 1 7.7 3.5a7 7 0 1 0 8.8 8.8z',
};

export function ThemeToggle() {
  const theme = useSyncExternalStore(onThemeChange, currentTheme, () => 'system' as const);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
  const label = `Theme: ${theme}. Change to ${next}`;
  return (
    <button type="button" className={styles.icon} aria-label={label} title={label} onClick={() => setTheme(next)}>
      <svg viewBox="0 0 20 20" aria-hidden="true">
        <path d={ICONS[theme]} />
      </svg>
    </button>
  );
}
