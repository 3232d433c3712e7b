import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { builtinDataRoot } from '@gdbench/builtin/data/root';
import { home } from '@gdbench/settings/home';
import { ROOT } from '@gdbench/settings/root';
import { readSettings } from '@gdbench/settings/settings';
import { ASKERS } from '../schema/codegen.ts';
import { type Drawing, draw } from './drawing.ts';
import { type Derived, derive, isDerived, runNode, step } from './step.ts';

/** Code that is generated from the two contracts: the database schema and the GraphQL SDL. */
export async function generateCode(): Promise<void> {
  await derive({
    title: 'Code generation: the database client',
    inputs: ['prisma/schema.prisma', 'prisma/generate.mjs'],
    product: 'prisma/generated',
    action: () => runNode(['prisma/generate.mjs']),
  });
  await derive({
    title: 'Code generation: GraphQL types',
    inputs: ['schema', ...ASKERS.map((folder) => `${folder}/operations`)],
    product: 'apps/api/generated',
    action: () => runNode(['schema/generate.mjs']),
  });
}

/** The web application's production build. */
const WEB: Derived = {
  title: 'Build: the web pages',
  inputs: ['apps/web', 'schema', 'packages/benchmark', 'packages/file-names', 'packages/storage', 'package-lock.json'],
  product: 'apps/web/.next/BUILD_ID',
  action: () =>
    runNode([join(ROOT, 'node_modules/next/dist/bin/next'), 'build'], {
      cwd: join(ROOT, 'apps/web'),
      env: { NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' },
    }),
};

export const buildWeb = (): Promise<void> => derive(WEB);
export const isWebBuilt = (): boolean => isDerived(WEB);

/** Compiles what the first start runs, into the folder that NODE_COMPILE_CACHE names: nearly a second for each process. */
export const compile = (): Promise<unknown> =>
  step('Code: compiling what a start runs', () => runNode(['setup/compile.ts']));

export interface DataRoot {
  readonly root: string;
  /** Under way, where the root is not complete yet. */
  readonly drawing?: Drawing;
}

/** The data root that evaluations read: GDBENCH_DATA, else the built-in set, drawn when it is not there or not of this version. */
export async function dataRoot(): Promise<DataRoot> {
  const { GDBENCH_DATA } = readSettings(['GDBENCH_DATA']);
  if (GDBENCH_DATA) return { root: GDBENCH_DATA };
  const root = builtinDataRoot(home());
  // its module takes long to load, which would hold up the drawing of a set that is not there at all
  const isComplete = existsSync(root) && (await import('@gdbench/builtin/data').then((data) => data.isComplete(root)));
  return isComplete ? { root } : { root, drawing: draw(root) };
}
