import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findFault, MAX_FILES, MAX_TOTAL_BYTES } from './manifest.ts';

const sha256 = 'a'.repeat(64);
const file = (path: string, size = 1) => ({ path, size, sha256 });
const fault = (name: string, files = [file('model.onnx')]) => findFault({ name, files });

describe('a submission’s manifest', () => {
  it('accepts what a checkpoint looks like', () => {
    expect(fault('Tiny diffusion, 64 px')).toBeNull();
    expect(fault('名前', [file('unet/model.onnx'), file('unet/config.json', 0), file('model_index.json')])).toBeNull();
    expect(fault('x'.repeat(80))).toBeNull();
    expect(fault('😀'.repeat(80))).toBeNull();
  });

  it.each([
    ['', 'name'],
    ['   ', 'name'],
    ['x'.repeat(81), 'name'],
    ['evil\u202Egnp', 'name'],
    ['line\nbreak', 'name'],
    ['null\0', 'name'],
    ['zero\u200Bwidth', 'name'],
    ['half \ud800', 'name'],
    [' padded', 'name'],
  ])('refuses the name %j', (name, field) => {
    expect(fault(name)).toMatchObject({ code: 'INVALID_NAME', field });
  });

  it.each(['/etc/passwd', '../up', 'a/../../b', 'a//b', '', 'a\\b', 'C:/x', 'a/./b', 'nul\0', './a'])(
    'refuses the path %j',
    (path) => {
      expect(fault('name', [file('ok.json'), file(path)])).toMatchObject({
        code: 'INVALID_PATH',
        field: 'files[1].path',
      });
    },
  );

  it('refuses names that some systems take for the same file, and files that stand where a folder is', () => {
    expect(fault('n', [file('A/Model.onnx'), file('a/model.ONNX')])).toMatchObject({
      code: 'DUPLICATE_PATH',
      field: 'files[1].path',
    });
    expect(fault('n', [file('é.json'), file('e\u0301.json')])).toMatchObject({ code: 'DUPLICATE_PATH' });
    expect(fault('n', [file('unet/model.onnx'), file('unet')])).toMatchObject({
      code: 'DUPLICATE_PATH',
      field: 'files[1].path',
    });
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuses the size %j', (size) => {
    expect(fault('n', [file('a', size)])).toMatchObject({ code: 'INVALID_SIZE', field: 'files[0].size' });
  });

  it.each(['', 'a'.repeat(63), 'A'.repeat(64), 'g'.repeat(64), `${'a'.repeat(64)}\n`])(
    'refuses the sha256 %j',
    (hash) => {
      const files = [{ path: 'a', size: 1, sha256: hash }];
      expect(findFault({ name: 'n', files })).toMatchObject({ code: 'INVALID_SHA256', field: 'files[0].sha256' });
    },
  );

  it('counts files and bytes', () => {
    const many = (count: number) => Array.from({ length: count }, (_, i) => file(`f${i}`));
    expect(fault('n', [])).toMatchObject({ code: 'NO_FILES' });
    expect(fault('n', many(MAX_FILES))).toBeNull();
    expect(fault('n', many(MAX_FILES + 1))).toMatchObject({ code: 'TOO_MANY_FILES' });
    expect(fault('n', [file('a', MAX_TOTAL_BYTES - 1), file('b', 1)])).toBeNull();
    expect(fault('n', [file('a', MAX_TOTAL_BYTES), file('b', 1)])).toMatchObject({ code: 'TOO_LARGE' });
  });

  it('answers anything with a sentence or null, never by throwing', () => {
    const anyFile = fc.record({ path: fc.string({ unit: 'binary' }), size: fc.double(), sha256: fc.string() });
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(anyFile, { maxLength: 5 }), (name, files) => {
        const found = findFault({ name, files });
        if (found !== null) expect(`${found.message} ${found.remedy}`).toMatch(/[.…]$/);
      }),
    );
  });
});
