import { existsSync, readFileSync } from 'node:fs';
import { validate } from 'dockerfile-utils';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { each } from './support/each.ts';

interface Service {
  build?: { target: string };
  ports?: string[];
  depends_on?: Record<string, unknown>;
  environment?: Record<string, string | null>;
}

interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
}

const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as Compose;
const dockerfile = readFileSync('Dockerfile', 'utf8');

test('compose runs the four parts and publishes ports on loopback only', () => {
  expect(Object.keys(compose.services).sort()).toEqual(['api', 'data', 'postgres', 'web', 'worker']);
  const ports = Object.values(compose.services).flatMap((service) => service.ports ?? []);
  for (const port of each(ports)) expect(port).toMatch(/^127\.0\.0\.1:/);
  for (const { depends_on } of each(Object.values(compose.services)))
    for (const name of Object.keys(depends_on ?? {})) expect(compose.services).toHaveProperty(name);
});

test('every setting of the README reaches the API and the workers, those without a value as they are set', () => {
  const table = (readFileSync('README.md', 'utf8').match(/^\|.*$/gm) ?? []).join('\n');
  const named = [...table.matchAll(/`(GDBENCH_[A-Z_]+)`/g)].map(([, name]) => name!);
  expect(named).toEqual(expect.arrayContaining(['GDBENCH_SAMPLES', 'GDBENCH_BATCH', 'GDBENCH_EXAMPLE_SECONDS']));
  for (const part of ['api', 'worker'])
    for (const name of each(named))
      expect(compose.services[part]?.environment, `${part}: ${name}`).toHaveProperty(name);
});

test('every target that compose builds stands in the Dockerfile', () => {
  const targets = [...dockerfile.matchAll(/^FROM \S+ AS (\S+)$/gm)].map(([, target]) => target);
  const built = Object.values(compose.services).flatMap(({ build }) => (build ? [build.target] : []));
  expect(built.length).toBeGreaterThan(3);
  for (const target of each(built)) expect(targets).toContain(target);
});

test('the Dockerfile has no fault that a linter finds, and names only files that are there', () => {
  expect(validate(dockerfile)).toEqual([]);
  const manifests = [...dockerfile.matchAll(/^COPY (\S+\/package\.json) /gm)].map(([, source]) => source ?? '');
  const { workspaces } = JSON.parse(readFileSync('package.json', 'utf8')) as { workspaces: string[] };
  expect(manifests.length).toBeGreaterThanOrEqual(workspaces.length);
  for (const script of [
    ...manifests,
    ...each(dockerfile.matchAll(/(?:prisma|schema|apps|workers)\/\S+?\.(?:mjs|ts)\b/g)).map(([path]) => path),
  ])
    expect(existsSync(script), script).toBe(true);
});
