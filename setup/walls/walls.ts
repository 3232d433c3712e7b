import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '@gdbench/settings/root';
import {
  cruise,
  type ICruiseOptions,
  type ICruiseResult,
  type IResolveOptions,
  type IViolation,
} from 'dependency-cruiser';
import { SetupFault } from '../fault.ts';
import { rulesOf } from './rules.ts';
import { findUnread, roomOf, type Seen } from './unread.ts';
import { readWorkspaces } from './workspaces.ts';

/** Their texts hold code as data. */
const TEST = /[.]test[.]tsx?$/;

/** What git lists that can import. */
const SOURCES = ['ts', 'tsx', 'mts', 'cts', 'js', 'jsx', 'mjs', 'cjs'].map((ending) => `*.${ending}`);

const OPTIONS = {
  // dependency-cruiser's own choice, TypeScript's parser, is not in TypeScript 7: it then reads nothing, and finds no fault
  parser: 'swc',
  tsPreCompilationDeps: true,
  moduleSystems: ['es6', 'cjs'],
  doNotFollow: { path: ['(?:^|/)node_modules/', '(?:^|/)generated/', '(?:^|/)[.]next/'] },
} satisfies ICruiseOptions;

const RESOLVE = {
  exportsFields: ['exports'],
  conditionNames: ['import', 'node', 'default', 'types'],
  extensions: ['.ts', '.tsx', '.mts', '.js', '.mjs', '.cjs', '.json'],
} satisfies Partial<IResolveOptions>;

/** An import that is not allowed, or what keeps the check from seeing one. */
export interface Breach {
  readonly file: string;
  /** Its name in rules.ts, or "all is seen". */
  readonly rule: string;
  readonly sentence: string;
}

/** @throws SetupFault that names every import which rooms.ts does not allow. */
export async function checkWalls(): Promise<void> {
  const breaches = await findBreaches(ROOT);
  if (breaches.length === 0) return;
  const lines = breaches.map(({ rule, sentence }) => `  ${sentence} (${rule})\n`);
  throw new SetupFault(
    `${lines.join('')}${breaches.length === 1 ? 'One import is' : `${breaches.length} imports are`} not allowed: setup/walls/rooms.ts says who may import whom, and each package.json which packages.`,
  );
}

/** Holds every import of every source that git lists below `root` against rooms.ts. */
export async function findBreaches(root: string): Promise<Breach[]> {
  const sources = await listSources(root);
  const options = { ...OPTIONS, baseDir: root, validate: true, ruleSet: rulesOf(readWorkspaces(root)) };
  const { output } = await cruise(sources, options, RESOLVE);
  const { modules, summary } = output as ICruiseResult;
  return [...unseen(root, sources, modules), ...summary.violations.map(breachOf)];
}

/** Files that git knows or would add, and that are there. */
async function listSources(root: string): Promise<string[]> {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...SOURCES];
  const { stdout } = await promisify(execFile)('git', list, { cwd: root, maxBuffer: 2 ** 26 });
  return [...new Set(stdout.split('\0'))].filter((file) => file && existsSync(join(root, file)));
}

/** The check is worth nothing where it reads less than there is. */
export function unseen(root: string, sources: readonly string[], modules: readonly Seen[]): Breach[] {
  const bySource = new Map(modules.map((module) => [module.source, module]));
  const missed = sources.filter((file) => !bySource.has(file));
  const breach = (file: string, what: string): Breach => ({ file, rule: 'all is seen', sentence: `${file} ${what}` });
  const read = sources.flatMap((file) => (TEST.test(file) ? [] : (bySource.get(file) ?? [])));
  return [
    ...(sources.length === 0 ? [breach('git', 'lists no sources here')] : []),
    ...missed.map((file) => breach(file, 'is listed by git, and the check does not see it')),
    ...sources.filter((file) => !roomOf(file)).map((file) => breach(file, 'lies in no room of setup/walls/rooms.ts')),
    ...findUnread(root, read).map(({ file, what }) => breach(file, what)),
  ];
}

function breachOf({ from, to, unresolvedTo, rule: { name: rule }, cycle = [] }: IViolation): Breach {
  const circle = cycle.map(({ name }) => name);
  const what = circle.length > 0 ? `imports itself by way of ${circle.join(', ')}` : `imports ${to}`;
  const as = unresolvedTo && unresolvedTo !== to ? ` (as ${unresolvedTo})` : '';
  return { file: from, rule, sentence: `${from} ${what}${as}` };
}
