import { describe, expect, it } from 'vitest';
import { type Device, type Provider, usableProvider } from './device.ts';

/** What is used on a machine where some providers work, and what was said and tried. */
async function use(device: Device, listed: readonly string[], working: readonly Provider[]) {
  const [warnings, lines, tries] = [[] as string[], [] as string[], [] as string[]];
  const tried = new Map<Provider, Promise<string | null>>();
  const once = () =>
    usableProvider(
      device,
      listed,
      async (provider) => {
        tries.push(provider);
        if (!working.includes(provider)) throw new Error(`no ${provider}\n here.`);
      },
      { warn: (sentence) => warnings.push(sentence), log: (line) => lines.push(line) },
      tried,
    );
  const provider = await once();
  expect(await once()).toBe(provider);
  return { provider, warnings: [...new Set(warnings)], lines: [...new Set(lines)], tries };
}

const ALL = ['cpu', 'webgpu', 'cuda', 'tensorrt'];

describe('a device', () => {
  it('auto is the first provider that works, CUDA before TensorRT', async () => {
    expect((await use('auto', ALL, ['tensorrt', 'cuda'])).provider).toBe('cuda');
    expect((await use('auto', ALL, ['tensorrt'])).provider).toBe('tensorrt');
    expect((await use('auto', ['cpu'], ['cuda'])).provider).toBe('cpu');
  });

  it('auto without any is the CPU, which is no warning; each is tried once', async () => {
    const { provider, warnings, lines, tries } = await use('auto', ['cpu', 'cuda'], []);
    expect([provider, warnings, tries]).toEqual(['cpu', [], ['cuda']]);
    expect(lines).toContain('The device cuda is not used: no cuda here.');
  });

  it('asked for by name and not there is a warning, and the CPU', async () => {
    for (const device of ['cuda', 'tensorrt', 'webgpu'] as const) {
      const { provider, warnings } = await use(device, ALL, []);
      expect([provider, warnings]).toEqual([
        'cpu',
        [`The device ${device} cannot be used (no ${device} here); the CPU takes its place.`],
      ]);
    }
    const { warnings, tries } = await use('cuda', ['cpu'], ['cuda']);
    expect([warnings.length, tries]).toEqual([1, []]);
  });

  it('the CPU is never tried', async () => {
    expect((await use('cpu', ALL, ALL as Provider[])).tries).toEqual([]);
  });
});
