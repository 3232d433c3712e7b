/**
 * What systems and archives leave in a folder and no data set means: hidden files (`.DS_Store`, and `._1.jpg`, the resource
 * file that macOS packs beside each image), `__MACOSX/`, `Thumbs.db`, `desktop.ini` and what a copy that broke off left.
 */
export function isLeftover(name: string): boolean {
  return name.startsWith('.') || LEFTOVERS.has(name.toLowerCase()) || /(~|\.(part|crdownload|tmp))$/i.test(name);
}

const LEFTOVERS: ReadonlySet<string> = new Set([
  '__macosx',
  'thumbs.db',
  'ehthumbs.db',
  'desktop.ini',
  '@eadir',
  'icon\r',
]);
