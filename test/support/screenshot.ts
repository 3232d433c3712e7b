import { join } from 'node:path';
import type { Page } from 'playwright-core';

const FOLDER = join(process.cwd(), 'test-results/screenshots');
const TIMEOUT = 120_000;
/** Set by `npm run shots`. */
export const SHOTS = 'SHOTS';

/**
 * With `npm run shots`: the whole page as a picture, for people to look at; no test depends on it. The window is made as tall as the page first: on a busy machine a
 * browser without a GPU often fails to capture what lies beyond its window.
 */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (!process.env[SHOTS]) return;
  const window = page.viewportSize()!;
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: window.width, height: Math.max(window.height, height) });
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  await page.screenshot({ path: join(FOLDER, `${name}.png`), timeout: TIMEOUT });
  await page.setViewportSize(window);
}
