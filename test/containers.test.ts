import { readFileSync } from 'node:fs';
import { validate } from 'dockerfile-utils';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

interface Compose {
  services: Record<string, { build?: { dockerfile: string }; ports?: string[]; depends_on?: Record<string, unknown> }>;
  volumes: Record<string, unknown>;
}

const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as Compose;
const dockerfiles = Object.values(compose.services).flatMap(({ build }) => (build ? [build.dockerfile] : []));

test('compose runs the four parts and publishes ports on loopback only', () => {
  expect(Object.keys(compose.services).sort()).toEqual(['api', 'postgres', 'web', 'worker']);
  for (const { ports } of Object.values(compose.services))
    for (const port of ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  for (const { depends_on } of Object.values(compose.services))
    for (const name of Object.keys(depends_on ?? {})) expect(compose.services).toHaveProperty(name);
});

test.each(dockerfiles)('%s has no fault that a linter finds and copies only what is there', (path) => {
  const text = readFileSync(path, 'utf8');
  expect(validate(text)).toEqual([]);
  for (const [, source] of text.matchAll(/^COPY (\S+\/package\.json) /gm))
    expect(() => readFileSync(source ?? '')).not.toThrow();
});
