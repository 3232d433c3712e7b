import path from 'node:path';
import { disguisedFiles, likelyGraphs, likelyTokenizers } from './checkpoint/expected-files.ts';
import { type Fault, Faults } from './checkpoint/fault.ts';
import type { Folder } from './checkpoint/folder.ts';
import { naflexFault } from './checkpoint/naflex.ts';
import { readOnnx } from './checkpoint/onnx.ts';
import { openModel, type SessionOptions } from './runtime/session.ts';
import { findTokenizer } from './text/tokenizer-files.ts';

/**
 * All that is wrong with a checkpoint of which something is: besides the faults that ended its reading, those of the files that were
 * not read because of them, so that they need not be found one after the other.
 *
 * @param first what is known, the gravest first.
 * @param onStep told of each graph that was looked at.
 */
export async function allFaults(
  folder: Folder,
  first: readonly [Fault, ...Fault[]],
  options: SessionOptions,
  onStep: () => void,
): Promise<readonly [Fault, ...Fault[]]> {
  // a folder that is no export has no parts to look at
  if (first[0].gravity === 'kind') return first;
  const faults = new Faults();
  faults.add(...first, ...(await disguisedFiles(folder)));
  for (const dir of likelyTokenizers(folder)) await faults.attempt(() => findTokenizer(folder, dir));
  for (const file of likelyGraphs(folder)) {
    if (faults.names(file)) continue;
    const model = await faults.attempt(() => readOnnx(folder, file));
    const naflex = model && naflexFault(model, folder.name);
    if (naflex) return [naflex];
    if (model) await faults.attempt(() => load(folder, file, options));
    onStep();
  }
  return faults.gravestFirst() as [Fault, ...Fault[]];
}

async function load(folder: Folder, file: string, options: SessionOptions): Promise<void> {
  const model = await openModel(path.join(folder.root, file), file, options);
  await model.close();
}
