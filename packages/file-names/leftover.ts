// Safe to ship to a browser. The one list for checkpoints and data, which import nothing of each other.

/** Folders and files that systems, editors and archives leave behind, besides hidden ones. */
const LITTER: ReadonlySet<string> = new Set([
  '__macosx',
  '__pycache__',
  'thumbs.db',
  'ehthumbs.db',
  'desktop.ini',
  'icon\r',
  '@eadir',
]);
/** Files that were not finished, that lock others, or that are copies of an editor's. */
const UNFINISHED = /(~|\.(tmp|temp|part|partial|crdownload|incomplete|lock|swp|pyc))$/i;

/**
 * Whether a file or folder of this name is what systems and programs leave behind: all that is hidden (`.git`, `.cache`,
 * `.DS_Store`, and `._1.jpg`, the resource file that macOS packs beside each other file), `__MACOSX/`, `Thumbs.db` ...
 */
export function isLitter(name: string): boolean {
  return (name.startsWith('.') && name !== '.' && name !== '..') || LITTER.has(name.toLowerCase());
}

/** Whether a file of this name is none that anybody wanted to have: litter, or what a copy that broke off left. */
export function isLeftover(name: string): boolean {
  return isLitter(name) || UNFINISHED.test(name);
}
