import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';

/** Writes a square PNG whose colour depends on `n` alone. */
export async function flatSquare(path: string, n: number, side: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const background = { r: (n * 83) % 256, g: (n * 151 + 40) % 256, b: (n * 29 + 90) % 256 };
  await sharp({ create: { width: side, height: side, channels: 3, background } })
    .png()
    .toFile(path);
}

/** Paths of so many squares in a folder, each of its own colour. */
export function flatSquares(folder: string, count: number, side: number): Promise<string[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const path = join(folder, `${n}.png`);
      await flatSquare(path, n, side);
      return path;
    }),
  );
}
