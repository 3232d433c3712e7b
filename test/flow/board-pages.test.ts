import type { MetricValue } from '@gdbench/benchmark/task';
import { TASKS } from '@gdbench/benchmark/tasks';
import { type Database, openDatabase } from '@gdbench/prisma/database';
import type { Browser, Page, WebSocket } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { builtinData } from '../support/builtin.ts';
import { each } from '../support/each.ts';
import { acceptAs, scoreNext, submitStored } from '../support/evaluation.ts';
import { screenshot } from '../support/screenshot.ts';
import { type Stack, startStack } from '../support/stack.ts';

const TIMEOUT = 120_000;
const ROWS = 55;
/** Rows a page. */
const PAGE = 50;

let stack: Stack;
let browser: Browser;
let web: string;
let db: Database;
beforeAll(async () => {
  stack = await startStack({ data: builtinData() });
  db = openDatabase(stack.databaseUrl, { poolSize: 2 });
  for (let i = 0; i < ROWS; i++) await finish(`row ${i}`, i / 100, scoreOf(i));
  [browser, web] = await Promise.all([launchBrowser(), stack.startWeb()]);
});
afterAll(async () => {
  await browser?.close();
  await db?.close();
  await stack?.close();
});

/** In another order than the averages', all different. */
const scoreOf = (i: number) => ((i * 37) % ROWS) / 100 + 0.1;

/** Names of the rows of before, by this value. */
const names = (descending: boolean) =>
  Array.from({ length: ROWS }, (_, i) => i)
    .sort((a, b) => (descending ? scoreOf(b) - scoreOf(a) : scoreOf(a) - scoreOf(b)))
    .map((i) => `row ${i}`);

async function finish(name: string, average: number, winoground: number): Promise<void> {
  const { evaluationId } = await submitStored(db, name);
  await acceptAs(db, evaluationId, { shards: { clevr: [1], winoground: [1] } });
  await scoreNext(db, evaluationId, average);
  const metric: MetricValue = {
    metric: TASKS.winoground.main!,
    value: winoground,
    low: 0,
    high: 1,
    chance: 0.25,
    n: 1,
  };
  await scoreNext(db, evaluationId, [metric]);
}

/** Names of the rows as they stand. */
const shown = (page: Page) =>
  page.getByRole('table', { name: 'Leaderboard' }).getByRole('rowheader').getByRole('link').allInnerTexts();

interface Frame {
  readonly bytes: number;
  readonly isWhole: boolean;
}

/** What the board's subscription was sent. */
function framesOf(page: Page): Frame[] {
  const frames: Frame[] = [];
  page.on('websocket', (socket: WebSocket) =>
    socket.on('framereceived', ({ payload }) => {
      const text = String(payload);
      if (!text.includes('"leaderboardCells"')) return;
      frames.push({ bytes: Buffer.byteLength(text), isWhole: text.includes('"__typename":"Leaderboard"') });
    }),
  );
  return frames;
}

test('a click on a column orders all rows over all pages, and what changes finds its place without the page being sent again', async () => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 980 } });
  const frames = framesOf(page);
  await page.goto(web);
  await page.getByText(`${PAGE} of ${ROWS} checkpoints`).waitFor({ timeout: TIMEOUT });
  const header = page.getByRole('link', { name: /^Winoground.*: sort$/ });

  await header.click();
  await expect.poll(() => shown(page), { timeout: TIMEOUT }).toEqual(names(true).slice(0, PAGE));
  expect(await page.getByText('sorted within this page').count()).toBe(0);
  expect(await page.getByRole('button', { name: 'Order changed, apply' }).count()).toBe(0);
  await screenshot(page, 'leaderboard-sorted');

  await page.getByRole('link', { name: 'Next page' }).click();
  await expect.poll(() => shown(page), { timeout: TIMEOUT }).toEqual(names(true).slice(PAGE));
  await page.reload();
  await expect.poll(() => shown(page), { timeout: TIMEOUT }).toEqual(names(true).slice(PAGE));

  const earlier = frames.length;
  const wholeOnes = () => frames.slice(earlier).filter(({ isWhole }) => isWhole);
  await header.click();
  await expect.poll(() => shown(page), { timeout: TIMEOUT }).toEqual(names(false).slice(0, PAGE));
  await page.mouse.move(0, 0);
  await expect.poll(() => wholeOnes().length, { timeout: TIMEOUT }).toBe(1);
  await finish('the least', 0.9, 0.01);
  await expect.poll(() => shown(page), { timeout: TIMEOUT }).toEqual(['the least', ...names(false).slice(0, PAGE - 1)]);
  const [whole, ...more] = wholeOnes();
  expect(more).toEqual([]);
  const changes = frames.slice(earlier).filter(({ isWhole }) => !isWhole);
  for (const { bytes } of each(changes)) expect(bytes).toBeLessThan(whole!.bytes / 5);
  await page.close();
});
