import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPrintable, printable } from './printable.ts';

describe('a stranger’s text', () => {
  it('is left alone where it can be shown, in any language', () => {
    for (const text of ['unet/model.onnx', 'ünï 文件 😀 👩‍🔬', 'a‌b']) expect(printable(text)).toBe(text);
  });

  it('steers no terminal, reorders nothing, and shows where something was', () => {
    const esc = '\u001b';
    expect(printable(`${esc}]0;PWNED\u0007${esc}[2J\u009b31m`)).toBe('\ufffd]0;PWNED\ufffd\ufffd[2J\ufffd31m');
    expect(printable('a\u0000b\u202ec\u2066d')).toBe('a\ufffdb\ufffdc\ufffdd');
    expect(printable('one\r\n\ttwo\u2028three')).toBe('one two\ufffdthree');
    expect(printable('half \ud800 pair')).toBe('half \ufffd pair');
  });

  it('is cut to a length', () => {
    expect(printable('x'.repeat(10), 10)).toBe('x'.repeat(10));
    expect(printable('x'.repeat(11), 10)).toBe(`${'x'.repeat(9)}…`);
    // between the halves of a pair
    expect(printable(`${'x'.repeat(8)}😀y`, 10)).toBe(`${'x'.repeat(8)}\ufffd…`);
  });

  it('is printable afterwards, whatever it was, and stays what it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 20 }), (text, most) => {
        const shown = printable(text, most);
        expect(isPrintable(shown)).toBe(true);
        expect(shown.length).toBeLessThanOrEqual(most);
        expect(printable(shown)).toBe(shown);
      }),
    );
  });
});
