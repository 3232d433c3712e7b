import type { IFlattenedRuleSet, IRegularForbiddenRuleType } from 'dependency-cruiser';
import { KEPT_PACKAGES, ROOMS, type Room } from './rooms.ts';
import type { Workspace } from './workspaces.ts';

const TEST = '[.]test[.]tsx?$';
const PACKAGES = '(?:^|/)node_modules/';

/** What dependency-cruiser is to refuse, each by a name that says whose rule it is. */
export function rulesOf(workspaces: readonly Workspace[]): IFlattenedRuleSet {
  return {
    forbidden: [
      rule('no circles', {}, { circular: true }),
      rule('nothing that is not there', {}, { couldNotResolve: true }),
      rule('nobody imports a test', {}, { path: TEST }),
      ...ROOMS.flatMap((room) => roomRules(room, workspaces)),
      ...workspaces.flatMap((workspace) => packageRules(workspace, workspaces)),
      ...KEPT_PACKAGES.map(({ packages, by }) =>
        rule(`few import ${packages[0]}`, { pathNot: by.map(inside) }, { path: packages.map(inPackage) }),
      ),
    ],
  };
}

type From = IRegularForbiddenRuleType['from'];
type To = IRegularForbiddenRuleType['to'];

function rule(name: string, from: From, to: To): IRegularForbiddenRuleType {
  return { name, severity: 'error', from, to };
}

/** Of ours, a room imports itself and what the table names. */
function roomRules(room: Room, workspaces: readonly Workspace[]): IRegularForbiddenRuleType[] {
  const { folder, imports, tests = [] } = room;
  const deeper = ROOMS.map((other) => other.folder).filter((other) => other.startsWith(`${folder}/`));
  const elsewhere = deeper.map(inside);
  const own = `^${deeper.map((other) => `(?!${literal(other)}(?:/|$))`).join('')}${literal(folder)}(?:/|$)`;
  const but = (names: readonly string[]): To => ({
    couldNotResolve: false,
    dependencyTypesNot: ['core'],
    pathNot: [PACKAGES, own, ...names.flatMap((name) => filesOf(name, workspaces))],
  });
  return [
    rule(`${folder} imports`, { path: inside(folder), pathNot: [TEST, ...elsewhere] }, but(imports)),
    rule(
      `tests of ${folder} import`,
      { path: `${inside(folder)}.*${TEST}`, pathNot: elsewhere },
      but([...imports, ...tests, 'test/support']),
    ),
  ];
}

/** Of packages, and of other workspaces, only those that the own package.json names; for tests the root's too. */
function packageRules(workspace: Workspace, workspaces: readonly Workspace[]): IRegularForbiddenRuleType[] {
  const [root] = workspaces;
  const { folder, name, dependencies } = workspace;
  const others = workspaces.filter((other) => other !== workspace && other !== root);
  if (workspace === root) {
    const where = { pathNot: others.map((other) => inside(other.folder)) };
    return [rule('package.json names', where, { path: PACKAGES, pathNot: dependencies.map(inPackage) })];
  }
  const undeclared = others.filter((other) => !dependencies.includes(other.name)).map((other) => inside(other.folder));
  const declared = dependencies.map(inPackage);
  return [
    rule(
      `package.json of ${name} names`,
      { path: inside(folder), pathNot: TEST },
      { path: [PACKAGES, ...undeclared], pathNot: declared },
    ),
    rule(
      `package.json of ${name}, or the root's, names`,
      { path: `${inside(folder)}.*${TEST}` },
      { path: PACKAGES, pathNot: [...declared, ...root!.dependencies.map(inPackage)] },
    ),
  ];
}

/** A folder and all in it, or a file. */
function inside(path: string): string {
  return `^${literal(path)}(?:/|$)`;
}

function inPackage(name: string): string {
  return `${PACKAGES}${literal(name).replace('[*]', '[^/]+')}/`;
}

/** @throws Error where the table names what is not there. */
function filesOf(name: string, workspaces: readonly Workspace[]): string[] {
  if (!name.startsWith('@gdbench/')) return [inside(name)];
  const entries = workspaces.flatMap((workspace) => [...workspace.entries]);
  const files = entries
    .filter(([entry]) => entry === name || entry.startsWith(`${name}/`))
    .map(([, file]) => inside(file));
  if (files.length === 0) throw new Error(`setup/walls/rooms.ts names ${name}, which no package.json exports.`);
  return files;
}

function literal(path: string): string {
  return path.replace(/[^\w/@-]/g, '[$&]');
}
