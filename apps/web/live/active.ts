/** How many evaluations are on their way, and the board's version: told by whichever part of the page knows it. */
export type Pulse = { active: number; boardVersion: number };

let pulse: Pulse | undefined;
const watchers = new Set<() => void>();

export function currentPulse(): Pulse | undefined {
  return pulse;
}

export function watchPulse(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function tellPulse(next: Pulse): void {
  if (pulse?.active === next.active && pulse.boardVersion === next.boardVersion) return;
  pulse = { active: next.active, boardVersion: next.boardVersion };
  for (const watcher of watchers) watcher();
}
