import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** A package.json of the repository, as far as it says who may import whom. */
export interface Workspace {
  /** "@gdbench/storage". */
  readonly name: string;
  /** "packages/storage"; of the root: "". */
  readonly folder: string;
  /** Files that others may import, by the name that they import: "@gdbench/storage/manifest". */
  readonly entries: ReadonlyMap<string, string>;
  /** Names of the packages that it may import, other workspaces among them. */
  readonly dependencies: readonly string[];
}

const PackageFile = z.object({
  name: z.string(),
  workspaces: z.array(z.string()).default([]),
  exports: z.record(z.string().startsWith('./'), z.string().startsWith('./')).default({}),
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
});

/** The root's first. */
export function readWorkspaces(root: string): Workspace[] {
  const { workspaces } = readPackage(root, '');
  return ['', ...workspaces.flatMap((pattern) => foldersOf(root, pattern))].map((folder) => {
    const { name, exports, dependencies, devDependencies } = readPackage(root, folder);
    const entries = Object.entries(exports).map(([as, file]) => [name + as.slice(1), folder + file.slice(1)] as const);
    const declared = [...Object.keys(dependencies), ...Object.keys(devDependencies)];
    return { name, folder, entries: new Map(entries), dependencies: declared };
  });
}

/** "workers" is one folder, "packages/*" all in packages that hold a package.json. */
function foldersOf(root: string, pattern: string): string[] {
  if (!pattern.endsWith('/*')) return [pattern];
  const parent = pattern.slice(0, -2);
  const folders = readdirSync(join(root, parent)).map((name) => `${parent}/${name}`);
  return folders.filter((folder) => existsSync(join(root, folder, 'package.json')));
}

function readPackage(root: string, folder: string): z.infer<typeof PackageFile> {
  return PackageFile.parse(JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')));
}
