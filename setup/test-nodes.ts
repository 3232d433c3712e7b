import { join } from 'node:path';
import { fetchedNode, fetchNode, pathWith } from '@gdbench/launcher/node';
import { ROOT } from '@gdbench/settings/root';
import { SetupFault, sentence } from './fault.ts';
import { step } from './step.ts';
import { runVitest, totalsLine } from './vitest.ts';

/** Those that are in use. */
const VERSIONS = [22, 24, 26];
const CONFIG = join(ROOT, 'setup/engine.vitest.config.ts');

/**
 * Runs the engine's tests under each of the versions: ONNX Runtime, sharp and the typed arrays are other ones there. A version that
 * cannot be had counts as a failure.
 */
async function testNodes(): Promise<void> {
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
      const words = [`--config=${CONFIG}`];
      const totals = await runVitest({
        node: node.path,
        name: `vitest-node-${version}`,
        words,
        env: pathWith(node.path),
      });
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

/** This very one, the one that was fetched before, or else the newest of its major version, which is fetched. */
async function nodeOf(major: number): Promise<{ path: string; version: string }> {
  if (Number(process.versions.node.split('.')[0]) === major)
    return { path: process.execPath, version: process.versions.node };
  const there = fetchedNode(major);
  if (there !== null) return there;
  return fetchNode(major).catch((error: Error) => {
    throw new SetupFault(
      `Node ${major} could not be fetched (the npm package \`node\`: ${error.message}); see to that and run the command again.`,
    );
  });
}

await testNodes();
