import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { firstFault, npm } from '@gdbench/launcher/node';
import { ROOT } from '@gdbench/settings/root';
import { SetupFault } from './fault.ts';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string>>;
}

const CLI = join(ROOT, 'apps/cli');
const OURS = /^@gdbench\//;
/** What no command reads: tests, the pages, what makes the built-in checkpoints and what is generated, the database's set-up. */
const LEFT_OUT = [
  /(^|\/)(node_modules|migrations|checkpoints|README\.md|packed\.mjs)(\/|$)/,
  /(^|\/)test-|\.test\.tsx?$|\.py$/,
  /(^|\/)(generate\.mjs|codegen\.ts|prisma\.config\.ts|schema\.prisma)$/,
];
/** A path of a source in a literal: in an import, or given to a thread or a process. */
const SOURCE_PATH = /(['"])(\.{1,2}\/[^'"\n]*)\.ts\1/g;

/**
 * Makes the folder of a package that holds the command line alone, as JavaScript: Node strips no types under node_modules. Our own
 * packages are bundled with it; all others are its dependencies.
 *
 * @param folder is made, and must not be there.
 */
export async function stageCli(folder: string): Promise<void> {
  const bundled = await bundledPackages();
  await copyAsJavaScript(CLI, folder);
  await cp(join(CLI, 'packed.mjs'), join(folder, 'gdbench.mjs'));
  for (const [name, from] of bundled) {
    const to = join(folder, 'node_modules', name);
    await copyAsJavaScript(from, to);
    const manifest = await manifestOf(from);
    await writeManifest(to, { ...manifest, exports: javaScriptExports(manifest) });
  }
  const { private: _, ...own } = (await manifestOf(CLI)) as Manifest & { private?: boolean };
  const { engines, description } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  await writeManifest(folder, {
    ...own,
    description,
    engines,
    dependencies: await dependenciesOf([CLI, ...bundled.values()]),
    bundleDependencies: [...bundled.keys()],
  });
}

/** Our packages that the command line needs, directly or not, and the folder of each. */
async function bundledPackages(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const add = async (folder: string): Promise<void> => {
    for (const name of Object.keys((await manifestOf(folder)).dependencies ?? {})) {
      if (!OURS.test(name) || found.has(name)) continue;
      // the link that npm makes for a workspace
      const linked = join(ROOT, 'node_modules', name);
      found.set(name, linked);
      await add(linked);
    }
  };
  await add(CLI);
  return found;
}

/** @throws SetupFault where two of them ask for different versions of one. */
async function dependenciesOf(folders: readonly string[]): Promise<Record<string, string>> {
  const all = new Map<string, string>();
  for (const folder of folders)
    for (const [name, version] of Object.entries((await manifestOf(folder)).dependencies ?? {})) {
      const other = all.get(name);
      if (other !== undefined && other !== version)
        throw new SetupFault(`${folder} asks for ${name} ${version} and another of our packages for ${other}.`);
      all.set(name, version);
    }
  return Object.fromEntries([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function copyAsJavaScript(from: string, to: string): Promise<void> {
  for (const entry of await readdir(`${from}/`, { recursive: true, withFileTypes: true })) {
    const source = join(entry.parentPath, entry.name);
    const path = relative(from, source).replaceAll('\\', '/');
    if (!entry.isFile() || LEFT_OUT.some((kind) => kind.test(path)) || path === 'package.json') continue;
    await mkdir(dirname(join(to, path)), { recursive: true });
    if (!path.endsWith('.ts')) await cp(source, join(to, path));
    else await writeFile(join(to, path.replace(/\.ts$/, '.js')), javaScript(await readFile(source, 'utf8')));
  }
}

/** Each line stays where it is. */
function javaScript(source: string): string {
  return stripTypeScriptTypes(source).replace(SOURCE_PATH, '$1$2.js$1');
}

function javaScriptExports({ exports = {} }: Manifest): Record<string, string> {
  return Object.fromEntries(Object.entries(exports).map(([name, file]) => [name, file.replace(/\.ts$/, '.js')]));
}

async function manifestOf(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
}

async function writeManifest(folder: string, manifest: object): Promise<void> {
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/**
 * Packs it.
 *
 * @param to the folder into which the package's file is written.
 * @returns the file's absolute path.
 * @throws SetupFault where npm cannot.
 */
export async function packCli(to: string): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'gdbench-pack-'));
  try {
    const folder = join(parent, 'package');
    await stageCli(folder);
    const { code, output } = await npm(['pack', `--pack-destination=${to}`, '--loglevel=error'], folder);
    if (code !== 0) throw new SetupFault(`npm pack ended with ${code}: ${firstFault(output)}.`);
    return join(to, output.trim().split('\n').at(-1) ?? '');
  } finally {
    await rm(parent, { recursive: true });
  }
}
