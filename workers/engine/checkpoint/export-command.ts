import { quoted } from '@gdbench/benchmark/shell';

/** The parts of a Folder that the command needs. */
interface Named {
  readonly files: ReadonlyMap<string, number>;
  readonly name: string;
}

/**
 * What makes an ONNX export of a folder with a PyTorch model, between backticks. The task is stated: it is not found out of local
 * folders by every version of Optimum.
 */
export function exportCommand({ files, name }: Named): string {
  const task = files.has('model_index.json') ? 'text-to-image' : 'zero-shot-image-classification';
  return `\`optimum-cli export onnx --model ${quoted(name)} --task ${task} ${quoted(`${name}-onnx/`)}\``;
}
