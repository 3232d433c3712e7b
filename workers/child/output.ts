import type { ChildProcess } from 'node:child_process';
import { printable } from '@gdbench/storage/printable';

/** Characters of a line that are kept. */
const LINE = 2_000;
const LAST_LINE = 300;

/** What a child prints, its lines cleaned as they come. */
export interface ChildOutput {
  /** The last line so far, short; '' where there was none. */
  readonly last: string;
}

export function readOutput({ stdout, stderr }: ChildProcess, onLine: (line: string) => void = () => {}): ChildOutput {
  let output = '';
  for (const stream of [stdout, stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-LINE);
      for (const line of text.split('\n')) if (line.trim()) onLine(printable(line, LINE));
    });
  return {
    get last() {
      return printable(output.trim().split('\n').at(-1)?.trim() ?? '', LAST_LINE);
    },
  };
}
