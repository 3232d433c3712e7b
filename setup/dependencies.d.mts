/** Whether exactly what package-lock.json names is installed. */
export function isInstalled(): boolean;
/** Installs what package-lock.json names, unless exactly that is installed already. */
export function installDependencies(): Promise<void>;
/** Runs npm in a folder to its end; what it prints is given back, the last 20,000 characters of it. */
export function npm(
  args: readonly string[],
  cwd: string,
  env?: Record<string, string>,
): Promise<{ code: number | null; output: string }>;
/** npm's own first line of what went wrong. */
export function lastLine(output: string): string;
