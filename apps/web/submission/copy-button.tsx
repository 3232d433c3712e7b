'use client';

import { useState } from 'react';

/** Copies a text and says so for two seconds. */
export function CopyButton({
  text,
  small = false,
  children,
}: {
  text: () => string;
  /** Within a line of text. */
  small?: boolean;
  children: string;
}) {
  const [said, setSaid] = useState<string | null>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      setSaid('Copied');
    } catch {
      setSaid('Not allowed to copy');
    }
    setTimeout(() => setSaid(null), 2000);
  };
  return (
    <button type="button" className={small ? 'button small' : 'button'} onClick={copy}>
      <span aria-live="polite">{said ?? children}</span>
    </button>
  );
}
