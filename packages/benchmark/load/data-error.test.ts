import { describe, expect, it } from 'vitest';
import { commandBelow, withRoot } from './data-error.ts';

describe('withRoot', () => {
  it('writes the root into commands, as a shell takes it, and nowhere else', () => {
    const sentence =
      'the ROOT: run `npx gdbench data prepare ROOT --into ROOT-prepared` or `npx gdbench data verify ROOT/data`';
    expect(withRoot(sentence, '/data/g')).toBe(
      'the ROOT: run `npx gdbench data prepare /data/g --into /data/g-prepared` or `npx gdbench data verify /data/g/data`',
    );
    expect(withRoot('`x ROOT`', "/my data/it's")).toBe("`x '/my data/it'\\''s'`");
  });

  it('writes out folders below it whose names a shell takes apart', () => {
    const command = commandBelow('npx x', "my data/it's")!;
    expect(command).toBe("`npx x 'ROOT/my data/it'\\''s'`");
    expect(withRoot(command, '/data')).toBe("`npx x '/data/my data/it'\\''s'`");
    expect(withRoot(commandBelow('npx x', 'data')!, "/it's")).toBe("`npx x '/it'\\''s/data'`");
    expect(commandBelow('npx x', 'a`b')).toBeNull();
  });
});
