import { createHash } from 'node:crypto';
import { MAX_FILES, MAX_TOTAL_BYTES } from '@gdbench/storage/manifest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findFault, listedFiles, storedSizeFault } from './manifest.ts';

/** Files of one size have one content. */
const hashOf = (size: number) => createHash('sha256').update(`${size}`).digest('hex');
const file = (path: string, size = 1) => ({ path, size, sha256: hashOf(size) });
const found = (input: Parameters<typeof findFault>[0]) => findFault(input, listedFiles(input.files));
const fault = (name: string, files = [file('model.onnx')]) => found({ name, files });

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

  it.each(['/etc/passwd', '../up', 'a/../../b', 'a//b', '', 'a\\b', 'C:/x', 'a/./b', 'nul\0', './a', 'é'.repeat(128)])(
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
      expect(found({ name: 'n', files })).toMatchObject({ code: 'INVALID_SHA256', field: 'files[0].sha256' });
    },
  );

  it('refuses two sizes of one hash, and another size than that of the file that is stored', () => {
    expect(fault('n', [file('a', 5), file('b', 5)])).toBeNull();
    const lie = { path: 'big', size: 0, sha256: hashOf(1e9) };
    expect(fault('n', [file('a', 1e9), lie])).toMatchObject({ code: 'INVALID_SIZE', field: 'files[1].size' });
    const files = [lie, file('a', 5)];
    expect(storedSizeFault(listedFiles(files), new Map([[hashOf(5), 5]]))).toBeNull();
    expect(storedSizeFault(listedFiles(files), new Map([[hashOf(1e9), 1e9]]))).toMatchObject({
      code: 'INVALID_SIZE',
      field: 'files[0].size',
      message: 'big has 0 bytes in the manifest, but the file with its sha256 has 1000000000.',
    });
    // 200 names for one large file are as many bytes as they would take
    const named = Array.from({ length: 200 }, (_, i) => file(`f${i}`, 1e9));
    expect(fault('n', named)).toMatchObject({ code: 'TOO_LARGE' });
  });

  it('takes the protocols that there are', () => {
    const files = [file('a')];
    expect(found({ name: 'n', files, protocol: 'diffusion-itm-adaptive' })).toBeNull();
    expect(found({ name: 'n', files, protocol: null })).toBeNull();
    expect(found({ name: 'n', files, protocol: 'guess' })).toMatchObject({
      code: 'INVALID_PROTOCOL',
      field: 'protocol',
      remedy: expect.stringContaining('diffusion-itm-adaptive'),
    });
  });

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
        const why = found({ name, files });
        if (why !== null) expect(`${why.message} ${why.remedy}`).toMatch(/[.…]$/);
      }),
    );
  });
});
