import { dirname, join } from 'node:path';
import { ROOT } from '@gdbench/settings/places';
import { sentence } from './fault.ts';
import { nodeOf } from './nodes.ts';
import { step } from './step.ts';
import { runVitest, totalsLine } from './vitest.ts';

/** The versions that are in use beside the oldest one that is supported. */
const VERSIONS = [22, 24, 26];
const CONFIG = join(ROOT, 'setup/engine.vitest.config.ts');

/**
 * Runs the engine's tests under each of the versions: ONNX Runtime, sharp and the typed arrays are other ones there. A version that
 * cannot be had counts as a failure.
 */
export async function testNodes(): Promise<void> {
  const sum = { passed: 0, failed: 0 };
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.on(signal, () => {
      interrupted = true;
    });
  for (const version of VERSIONS) {
    if (interrupted) break;
    try {
      const node = await step(`Node ${version}: finding it`, () => nodeOf(version));
      const env = { PATH: `${dirname(node.path)}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH ?? ''}` };
      const words = [`--config=${CONFIG}`];
      const totals = await runVitest({ node: node.path, name: `vitest-node-${version}`, words, env });
      sum.passed += totals.passed;
      sum.failed += totals.failed;
      console.log(`Node ${node.version}: ${totalsLine(totals)}`);
    } catch (error) {
      sum.failed += 1;
      console.error(sentence(error));
    }
  }
  console.log(totalsLine(sum));
  process.exit(interrupted ? 130 : sum.failed === 0 ? 0 : 1);
}
