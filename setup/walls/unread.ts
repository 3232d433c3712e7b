import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { IModule } from 'dependency-cruiser';
import { LOADERS, ROOMS, STARTERS } from './rooms.ts';

/** A module as dependency-cruiser saw it. */
export type Seen = Pick<IModule, 'source' | 'dependencies'>;

/** A way to other code that dependency-cruiser did not follow, in words that go on after the file's name. */
export interface Unread {
  readonly file: string;
  readonly what: string;
}

/** What is imported by name, also deep within a type. */
const NAMED = /(?:^import\s+|^(?:import|export)\b[^'"`;=()]*?\bfrom\s*|\bimport\s*\(\s*)(['"`])([^'"`\n]+)\1/gm;
/** Code by an address that is computed, or by another resolution than the one that is checked. */
const COMPUTED = [
  /\bimport\s*\(\s*(?!['"`\s])/,
  // a text that is only the beginning of the address
  /\bimport\s*\(\s*(['"`])[^'"`\n]*\1\s*[^\s,)]/,
  /\bcreateRequire\b|\bgetBuiltinModule\b|\bmainModule\b|\b_load\b|\bmodule\.require\b|\bimport\.meta(\.resolve\b|\[)/,
  // types, by what is a comment to others
  /^\s*\/\/\/\s*<reference\b|@import\s+[{*\w]/m,
];
/** Its imports may have any name. */
const COMMON_JS = /\.c[jt]s$/;
/** Code that is named by its way from this file or the root, however it is loaded: as a thread, a process, in place of another module. */
const BY_ITS_WAY = /(['"`])(\.{0,2}[\w-]*\/[^'"`\n]*\.[cm]?[jt]sx?)\1/g;

/** What the text of these modules loads and the check has not seen. */
export function findUnread(root: string, modules: readonly Seen[]): Unread[] {
  return modules.flatMap(({ source: file, dependencies }) => {
    const text = readFileSync(join(root, file), 'utf8');
    const seen = new Set(dependencies.map(({ module }) => module.replace(/^node:/, '')));
    const named = [...text.matchAll(NAMED)].map(([, , name]) => name!.replace(/^node:/, ''));
    const ways = [...text.matchAll(BY_ITS_WAY)].map(([, , path]) => path!).filter((path) => !seen.has(path));
    const begun = ways
      .map((path) => (path.startsWith('.') ? posix.join(posix.dirname(file), path) : path))
      // what begins with no room's name is of a package
      .filter((path, i) => ways[i]!.startsWith('.') || roomOf(path));
    const isLoader = LOADERS.includes(file);
    const isStarter = isLoader || STARTERS.includes(file);
    return [
      ...named.filter((name) => !seen.has(name)).map((name) => `imports ${name} in a way that the check does not read`),
      ...begun
        .filter((path) => roomOf(path) !== roomOf(file) && !isStarter)
        .map((path) => `begins ${path}, which is of another room`),
      ...(COMMON_JS.test(file) ? ['is CommonJS, whose imports no check can read'] : []),
      ...(COMPUTED.some((one) => one.test(text)) && !isLoader
        ? ['loads code by an address that no check can read']
        : []),
    ].map((what) => ({ file, what }));
  });
}

/** The deepest room that a file lies in. */
export function roomOf(file: string): string | undefined {
  const around = ROOMS.map(({ folder }) => folder).filter((folder) => file === folder || file.startsWith(`${folder}/`));
  return around.sort((a, b) => b.length - a.length)[0];
}
