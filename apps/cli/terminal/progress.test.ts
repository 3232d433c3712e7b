import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { newFolder, writeFiles } from '../../../test/support/folder.ts';
import { tinyClip } from '../../../test/support/tiny-clip.ts';
import { writeTinyData } from '../../../test/support/tiny-data.ts';
import { describePace, duration, type Pace } from './pace.ts';
import { startProgress } from './progress.ts';

describe('pace', () => {
  test.each<[Pace, string]>([
    [{ done: 10, before: 0, total: 40, rows: 600, seconds: 20 }, '60 s left, 0.5 examples/s, 30 rows/s'],
    // what an earlier run did took no time of this one
    [{ done: 10, before: 9, total: 12, rows: 0, seconds: 600 }, '20 min left, 0.0017 examples/s'],
    [{ done: 40, before: 0, total: 40, rows: 98_765, seconds: 10 }, '4 examples/s, 9,877 rows/s'],
    [{ done: 3, before: 3, total: 40, rows: 70, seconds: 2 }, '35 rows/s'],
    [{ done: 0, before: 0, total: 40, rows: 0, seconds: 0 }, ''],
  ])('%j is told as "%s"', (pace, told) => {
    expect(describePace(pace)).toBe(told);
  });

  test('durations have the unit that fits', () => {
    expect([0.2, 89.5, 90, 5_399, 5_400, 36_000].map(duration)).toEqual([
      '1 s',
      '90 s',
      '2 min',
      '90 min',
      '1.5 h',
      '10.0 h',
    ]);
  });
});

test('without a terminal there are at most as many lines as asked for, however many amounts are told, and the last says 100%', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 500 }),
      fc.nat(499),
      fc.integer({ min: 1, max: 12 }),
      (total, before, lines) => {
        const from = Math.min(before, total - 1);
        const written: string[] = [];
        const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
        try {
          const progress = startProgress('Scoring', total, String, {
            silent: false,
            from,
            lines,
            pace: () => '2 rows/s',
          });
          for (let done = from + 1; done <= total; done++) progress.set(done);
          progress.end();
        } finally {
          write.mockRestore();
        }
        expect(written.length).toBeLessThanOrEqual(lines);
        expect(written.at(-1)).toBe(`Scoring: ${total} of ${total} (100%), 2 rows/s\n`);
      },
    ),
  );
});

const hasScript = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0;

describe.skipIf(!hasScript)(`on a terminal${hasScript ? '' : ' (skipped: no command script)'}`, () => {
  const scratch = newFolder();
  beforeAll(async () => {
    await writeFiles(path.join(scratch, 'clip'), tinyClip());
    await writeTinyData(path.join(scratch, 'data'));
  });

  test('one bar a task shows examples, rate and what is done, and the cursor comes back', async () => {
    const at = (name: string) => path.join(scratch, name);
    const words = ['evaluate', at('clip'), '--data', at('data'), '--tasks', 'clevr', '--out', at('out')];
    const command = [process.execPath, 'apps/cli/gdbench.mjs', ...words].map((word) => `'${word}'`).join(' ');
    const child = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['ignore', 'pipe', 'ignore'] });
    let shown = '';
    child.stdout.on('data', (chunk) => {
      shown += chunk;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(0);
    // each redraw begins at the line's first column
    const lines = stripVTControlCharacters(shown.replaceAll('\u001b[1G', '\n')).split(/[\r\n]+/);
    const bars = lines.filter((line) => line.startsWith('Scoring clevr'));
    expect(bars.at(-1)).toMatch(/^Scoring clevr █+ 100% {2}21 of 21 {2}[\d.,]+ examples\/s, [\d.,]+ rows\/s\s*$/);
    expect(lines.filter((line) => line.startsWith('Scoring') && !line.includes('clevr'))).toEqual([]);
    const [hidden, back] = ['\u001b[?25l', '\u001b[?25h'].map((code) => shown.lastIndexOf(code));
    expect(hidden).toBeGreaterThan(-1);
    expect(back).toBeGreaterThan(hidden!);
  });
});
