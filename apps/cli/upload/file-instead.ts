import path from 'node:path';
import { fileKind, readHead } from '@gdbench/benchmark/file-kind';

const UNPACK: Readonly<Record<string, string>> = { zip: 'unzip -d', '7z': '7z x -o', rar: 'unrar x' };
const ARCHIVES = ['zip', 'gzip', 'tar', 'bzip2', 'xz', 'zstd', '7z', 'rar'];

/** What to say of a file that was given in the place of a checkpoint's folder. */
export async function fileInstead(file: string): Promise<string> {
  const kind = fileKind(await readHead(file));
  const folder = path.dirname(file);
  const isWeights = /\.(safetensors|ckpt|pth?|bin|onnx)$/i.test(file);
  if (ARCHIVES.includes(kind) && !isWeights) {
    const into = file.replace(/(\.tar)?\.\w+$/, '');
    const unpack = UNPACK[kind]
      ? `${UNPACK[kind]} '${into}' '${file}'`
      : `mkdir -p '${into}' && tar -xf '${file}' -C '${into}'`;
    return `${file} is an archive: unpack it and give the folder that comes out, \`${unpack}\`.`;
  }
  if (isWeights) return `${file} is a file of a checkpoint: give the folder that it lies in, \`${folder}\`.`;
  return `${file} is a file: give the folder that holds the checkpoint.`;
}
