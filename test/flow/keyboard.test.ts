import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtinSetting } from '../../setup/builtin.ts';
import { launchBrowser } from '../support/browser.ts';
import { builtinData, DIFFUSION, DUAL_ENCODER } from '../support/builtin.ts';
import { submit } from '../support/command.ts';
import { follow, isDone, liveClient } from '../support/graphql.ts';
import { screenshot } from '../support/screenshot.ts';
import { type Stack, startStack } from '../support/stack.ts';

const TIMEOUT = 120_000;

let stack: Stack;
let browser: Browser;
let web: string;
/** The evaluations that are compared. */
let left: string;
let right: string;
beforeAll(async () => {
  const builtin = [
    { name: 'toy-clip', folder: DUAL_ENCODER },
    { name: 'toy-ldm', folder: DIFFUSION },
  ];
  const env = { BUILTIN_CHECKPOINTS: await builtinSetting(builtin) };
  stack = await startStack({ data: builtinData(), limit: 2, samples: 2, env });
  [browser, web] = await Promise.all([launchBrowser(), stack.startWeb()]);
  await stack.startWorker('a');
  const client = liveClient(stack.apiUrl());
  [left, right] = [
    (await submit(stack.apiUrl(), DIFFUSION, 'Diffusion')).evaluationId,
    (await submit(stack.apiUrl(), DUAL_ENCODER, 'Encoder')).evaluationId,
  ];
  for (const id of [left, right]) await follow(client, id, isDone);
  await client.dispose();
});
afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

/** A window of 1280 pixels at so many per cent of zoom is one of so many CSS pixels; high contrast, and no motion. */
async function openPage(path: string, width: number): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width, height: 450 },
    forcedColors: 'active',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto(`${web}${path}`, { waitUntil: 'networkidle' });
  return page;
}

/** What Tab should reach, in the order of the document; each gets a number. */
function numberTargets(page: Page): Promise<number> {
  return page.evaluate(() => {
    const targets = [
      ...document.querySelectorAll<HTMLElement>('a[href], button, select, input, summary, [tabindex="0"]'),
    ];
    const shown = targets.filter((one) => one.checkVisibility({ visibilityProperty: true }));
    shown.forEach((one, i) => {
      one.dataset.target = String(i);
    });
    return shown.length;
  });
}

interface Stop {
  target: number;
  name: string;
  isRinged: boolean;
  isInWindow: boolean;
}

/** Where Tab leads from the top of the page until it leaves the page. */
async function walk(page: Page, most: number): Promise<Stop[]> {
  const stops: Stop[] = [];
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const focused = document.activeElement as HTMLElement;
      if (focused === document.body) return null;
      const { outlineStyle, outlineWidth } = getComputedStyle(focused);
      const { top, bottom, left, right } = focused.getBoundingClientRect();
      return {
        target: Number(focused.dataset.target),
        name: focused.outerHTML.slice(0, 160),
        isRinged: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2,
        isInWindow: bottom > 0 && top < innerHeight && right > 0 && left < innerWidth,
      };
    });
    if (stop === null) break;
    stops.push(stop);
  }
  return stops;
}

test.each([
  ['questions', 640],
  ['questions', 320],
  ['compare', 640],
  ['compare', 320],
] as const)(
  '/%s in %i pixels: Tab reaches everything in order, always seen, and nothing is cut off or moves',
  async (name, width) => {
    const page = await openPage(name === 'compare' ? `/compare?left=${left}&right=${right}` : '/questions', width);
    await page.getByRole('table').first().waitFor({ timeout: TIMEOUT });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    const targets = await numberTargets(page);
    const stops = await walk(page, targets + 5);
    expect(stops.map(({ target }) => target)).toEqual(Array.from({ length: targets }, (_, i) => i));
    expect(stops.filter(({ isRinged, isInWindow }) => !isRinged || !isInWindow)).toEqual([]);
    const moving = await page.evaluate(
      () => document.getAnimations().filter(({ playState }) => playState === 'running').length,
    );
    expect(moving).toBe(0);
    await screenshot(page, `${name}-contrast-${width}`);
    await page.context().close();
  },
);

test('high contrast marks the current page of the header and the current list, and no other', async () => {
  const page = await openPage('/questions', 640);
  for (const name of ['Main', 'Lists']) {
    const looks = await page
      .getByRole('navigation', { name })
      .getByRole('link')
      .evaluateAll((links) =>
        links.map((link) => {
          const { borderBottomColor, textDecorationLine } = getComputedStyle(link);
          return { isCurrent: link.hasAttribute('aria-current'), look: `${borderBottomColor} ${textDecorationLine}` };
        }),
      );
    const current = looks.filter(({ isCurrent }) => isCurrent);
    expect(current).toHaveLength(1);
    const others = looks.filter(({ isCurrent }) => !isCurrent);
    expect(others.length).toBeGreaterThan(0);
    expect(others.map(({ look }) => look)).not.toContain(current[0]?.look);
  }
  await page.context().close();
});

test('two checkpoints are chosen and compared by keyboard alone', async () => {
  const page = await openPage('/compare', 640);
  const tabTo = async (target: string) => {
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press('Tab');
      if (await page.evaluate((target) => document.activeElement?.matches(target), target)) return;
    }
    throw new Error(`Tab does not reach ${target}.`);
  };
  // typing a name's first letter chooses it
  await tabTo('select[name="left"]');
  await page.keyboard.press('D');
  await tabTo('select[name="right"]');
  await page.keyboard.press('E');
  await tabTo('main button[type="submit"]');
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/compare?left=${left}&right=${right}`, { timeout: TIMEOUT });
  const table = page.getByRole('table', { name: 'Diffusion and Encoder' });
  await table.waitFor({ timeout: TIMEOUT });
  expect(await table.count()).toBe(1);
  await page.context().close();
});
