import { join } from 'node:path';
import { ROOT } from '@gdbench/settings/root';
import { sentence } from './fault.ts';
import { generateCode } from './prepare.ts';
import { runNode, step } from './step.ts';
import { checkWalls } from './walls/walls.ts';

const tool = (path: string) => join(ROOT, 'node_modules', path);

/** Formatting, lint, import directions and types. */
async function check(): Promise<void> {
  try {
    await generateCode();
    await step('Format and lint', () => runNode([tool('@biomejs/biome/bin/biome'), 'ci', '.']));
    await step('Import directions', checkWalls);
    await step('Types', () => runNode([tool('typescript/bin/tsc'), '-p', '.']));
    await step('Types of the web pages', () => runNode([tool('typescript/bin/tsc'), '-p', 'apps/web', '--noEmit']));
  } catch (error) {
    console.error(sentence(error));
    process.exit(1);
  }
}

await check();
