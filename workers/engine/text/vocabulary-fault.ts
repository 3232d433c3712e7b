import { command, type FolderName, type Remedy, remedy } from '@gdbench/storage/remedy';
import { CheckpointFault, type FaultParts, type Gravity } from '../checkpoint/fault.ts';
import { pythonPath } from '../checkpoint/python-path.ts';

/** A vocabulary's file, and what to do where GDBench cannot read it as the tokenizer's class does. */
export interface VocabularyFile {
  readonly file: string;
  readonly makeJson: Remedy;
}

/** How a tokenizer.json is made of a tokenizer's other files. @param inside the tokenizer's folder in the checkpoint's, '' for that one itself. */
export function makeJson(dir: FolderName, inside: string): Remedy {
  const at = pythonPath(dir, inside === '' ? '' : `/${inside}`);
  return remedy`make its tokenizer.json of it: ${command`python -c "from transformers import AutoTokenizer; AutoTokenizer.from_pretrained('${at}').save_pretrained('${at}')"`}`;
}

/** The fault of a vocabulary that only a tokenizer.json would tell how to read. */
export function withoutJson(
  { file, makeJson: mend }: VocabularyFile,
  parts: Pick<FaultParts, 'found' | 'expected'>,
  gravity: Gravity = 'setting',
): CheckpointFault {
  return new CheckpointFault({ file, ...parts, remedy: mend, gravity });
}

/** The fault of a vocabulary without a token that its settings name. */
export function lacksToken(file: string, token: string, what = 'the token'): CheckpointFault {
  return new CheckpointFault({
    file,
    found: `lacks ${what} ${token.slice(0, 60)}`,
    expected: 'a vocabulary that holds it',
    remedy: "copy the tokenizer's files again, all from one place",
    gravity: 'setting',
  });
}
