import { type Command, command, type FolderName } from '@gdbench/storage/remedy';
import { argument } from './argument.ts';

/** The parts of a Folder that the command needs. */
interface Named {
  readonly files: ReadonlyMap<string, number>;
  readonly name: FolderName;
}

/**
 * What makes an ONNX export of a folder with a PyTorch model. The task is stated: it is not found out of local
 * folders by every version of Optimum.
 */
export function exportCommand({ files, name }: Named): Command {
  const task = files.has('model_index.json') ? 'text-to-image' : 'zero-shot-image-classification';
  return command`optimum-cli export onnx --model ${argument(name)} --task ${task} ${argument(name, '-onnx/')}`;
}
