import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Lets Node import the sources, as tsx does, which takes longer to be ready than most commands take: what esbuild makes of a
// file is kept by the sha256 of its text, and esbuild is loaded only for a text that has none yet.

const KEPT = fileURLToPath(new URL('../../node_modules/.gdbench/javascript', import.meta.url));

/** Node's hook: JavaScript for files of TypeScript, and nothing else. */
export function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context);
  return { format: 'module', shortCircuit: true, source: javascriptOf(readFileSync(fileURLToPath(url), 'utf8')) };
}

function javascriptOf(text) {
  const file = join(KEPT, `${createHash('sha256').update(text).digest('hex')}.js`);
  try {
    return readFileSync(file, 'utf8');
  } catch {
    const made = translated(text);
    keep(file, made);
    return made;
  }
}

function translated(text) {
  const { transformSync } = createRequire(import.meta.url)('esbuild');
  const compilerOptions = { verbatimModuleSyntax: true };
  return transformSync(text, { loader: 'ts', format: 'esm', target: 'node20', tsconfigRaw: { compilerOptions } }).code;
}

/** Whole or not at all; where nothing may be written, it is made anew each time. */
function keep(file, made) {
  try {
    mkdirSync(KEPT, { recursive: true });
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, made);
    renameSync(draft, file);
  } catch {}
}

/** Begins to do so in this thread. */
export function register() {
  if (module.registerHooks) module.registerHooks({ load });
  else module.register(import.meta.url);
}
