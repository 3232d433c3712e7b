import { execFile } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { each } from '../../test/support/each.ts';

/*
 * WebGPU on a machine without a GPU: SwiftShader, which the browser of the tests brings along, computes it on the CPU. Drivers
 * are found through the environment, so each run is a process of its own. Where SwiftShader cannot be had, this is skipped.
 */

const REFERENCE = fileURLToPath(new URL('../../test/reference', import.meta.url));
const SCRIPT = fileURLToPath(new URL('../../test/support/score-on-device.ts', import.meta.url));

async function swiftShader(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const folder = tmpdir();
  const files = ['libvulkan.so.1', 'libvk_swiftshader.so', 'vk_swiftshader_icd.json'];
  const all = () => Promise.all(files.map((file) => access(path.join(folder, file))));
  try {
    await all().catch(async () => {
      const { default: shipped } = await import('@sparticuz/chromium');
      await shipped.executablePath();
      await all();
    });
    return folder;
  } catch {
    return undefined;
  }
}

const drivers = await swiftShader();
const odd = JSON.parse(await readFile(path.join(REFERENCE, 'odd-scores.json'), 'utf8'));
const TEXTS: string[] = odd.texts.map(({ text }: { text: string }) => text).slice(1, 3);
const IMAGES = odd.images.slice(0, 2).map(({ file }: { file: string }) => path.join(REFERENCE, 'images', file));

async function scoreOn(device: string, environment: NodeJS.ProcessEnv) {
  const args = [SCRIPT, path.join(REFERENCE, 'odd-ldm'), device, TEXTS.join('|'), ...IMAGES];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...environment } });
  return JSON.parse(stdout) as { scores: number[][]; warnings: string[] };
}

const withDrivers = {
  LD_LIBRARY_PATH: drivers,
  VK_ICD_FILENAMES: drivers && path.join(drivers, 'vk_swiftshader_icd.json'),
};
const withoutDrivers = { LD_LIBRARY_PATH: '/nowhere', VK_ICD_FILENAMES: '/nowhere/none.json' };

const NORM: number = odd.diffusion.noise_norms[0];

describe('webgpu', () => {
  it.skipIf(drivers === undefined)('scores a diffusion model as the CPU does', async () => {
    const [cpu, gpu] = await Promise.all([scoreOn('cpu', withDrivers), scoreOn('webgpu', withDrivers)]);
    expect(gpu.warnings).toEqual([]);
    for (const [text, row] of each(cpu.scores).entries()) {
      for (const [image, score] of each(row).entries()) {
        const off = Math.abs(gpu.scores[text]![image]! - score);
        expect(off).toBeLessThanOrEqual(1e-4 * Math.abs(score) + 2e-5 * NORM);
      }
    }
  });

  it.skipIf(process.platform !== 'linux')(
    'that is not there leaves the same scores, and a warning where it was asked for',
    async () => {
      const [cpu, gpu] = await Promise.all([scoreOn('cpu', withoutDrivers), scoreOn('webgpu', withoutDrivers)]);
      expect(gpu.scores).toEqual(cpu.scores);
      expect(cpu.warnings).toEqual([]);
      expect(gpu.warnings).toHaveLength(1);
      expect(gpu.warnings[0]).toMatch(/^The device webgpu cannot be used \(.+\); the CPU takes its place\.$/);
    },
  );
});
