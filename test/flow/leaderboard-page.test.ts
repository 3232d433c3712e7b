import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { signedPoints } from '@gdbench/benchmark/figures';
import { PAPER } from '@gdbench/benchmark/reported';
import { BIAS_CAUTION, BIAS_SPREAD, TASKS } from '@gdbench/benchmark/tasks';
import { ask } from '@gdbench/schema/ask';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtinSetting } from '../../setup/builtin.ts';
import { ComparisonDocument, DataVersionsDocument } from '../generated/graphql.ts';
import { launchBrowser } from '../support/browser.ts';
import { builtinData, DIFFUSION, DUAL_ENCODER } from '../support/builtin.ts';
import { submit } from '../support/command.ts';
import { newFolder } from '../support/folder.ts';
import { follow, isDone, liveClient } from '../support/graphql.ts';
import { screenshot } from '../support/screenshot.ts';
import { type Stack, startStack } from '../support/stack.ts';

const TIMEOUT = 120_000;
const SAMPLES = 2;

let stack: Stack;
let browser: Browser;
let web: string;
let worker: Promise<unknown> | undefined;
/** The first test that needs scores starts it, so that an empty board and a waiting row can be seen before. */
const startWorker = () => {
  worker ??= stack.startWorker('a');
  return worker;
};
beforeAll(async () => {
  const builtin = [
    { name: 'toy-clip', folder: DUAL_ENCODER },
    { name: 'toy-ldm', folder: DIFFUSION },
  ];
  const env = { BUILTIN_CHECKPOINTS: await builtinSetting(builtin) };
  stack = await startStack({ data: builtinData(), limit: 3, samples: SAMPLES, env });
  [browser, web] = await Promise.all([launchBrowser(), stack.startWeb()]);
});
afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

/** A page whose uncaught errors and console errors fail the test that opened it. */
async function openPage(path: string): Promise<{ page: Page; faults: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 980 } });
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    // a browser calls every 404 an error, also the one that tells that an upload has not begun yet
    const beginsUpload = message.location().url.includes('/uploads/') && message.text().includes('404');
    if (message.type() === 'error' && !beginsUpload) faults.push(message.text());
  });
  await page.goto(`${web}${path}`);
  return { page, faults };
}

test('a row appears and fills while the reader looks, without a reload', async () => {
  const { page, faults } = await openPage('/');
  await page.evaluate(() => Object.assign(window, { neverReloaded: true }));
  await screenshot(page, 'leaderboard-empty');

  const { evaluationId } = await submit(stack.apiUrl(), DUAL_ENCODER, 'Live row');
  await startWorker();
  const row = page.getByRole('table', { name: 'Leaderboard' }).getByRole('row', { name: /Live row/ });
  await row.waitFor({ timeout: TIMEOUT });
  await screenshot(page, 'leaderboard-row');

  const client = liveClient(stack.apiUrl());
  const done = await follow(client, evaluationId, isDone);
  await client.dispose();
  const average = done.results.find(({ task, metric }) => task === 'clevr' && metric === 'average')?.value;
  expect(average).toBeTypeOf('number');
  await row
    .getByText(((average ?? 0) * 100).toFixed(1), { exact: false })
    .first()
    .waitFor({ timeout: TIMEOUT });
  await screenshot(page, 'leaderboard-filled');
  expect(await page.evaluate(() => 'neverReloaded' in window)).toBe(true);
  expect(faults).toEqual([]);

  for (const [name, width, scheme] of [
    ['leaderboard-dark', 1440, 'dark'],
    ['leaderboard-tablet', 768, 'light'],
    ['leaderboard-phone', 390, 'light'],
    ['leaderboard-phone-dark', 390, 'dark'],
  ] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: 900 });
    await screenshot(page, name);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  }
  await page.close();
});

test('the first paint comes from the server: the row stands in the HTML', async () => {
  await startWorker();
  const { evaluationId } = await submit(stack.apiUrl(), DUAL_ENCODER, 'Server painted');
  const client = liveClient(stack.apiUrl());
  await follow(client, evaluationId, isDone);
  await client.dispose();
  const html = await (await fetch(`${web}/`)).text();
  expect(html).toContain('Server painted');
});

test('what the paper reports is a tab of the board, for the keyboard too, and never one of its rows', async () => {
  const { page, faults } = await openPage('/');
  const lists = page.getByRole('navigation', { name: 'Lists' });
  await lists.getByRole('link', { name: 'Reported in the paper' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/reported$/, { timeout: TIMEOUT });
  await page.getByRole('heading', { name: 'What the paper reports' }).waitFor({ timeout: TIMEOUT });
  await expect(lists.locator('[aria-current="page"]').textContent()).resolves.toBe('Reported in the paper');
  const average = page.getByRole('table', { name: 'CLEVR' }).getByRole('row', { name: /^Average/ });
  await expect(average.getByRole('cell').allInnerTexts()).resolves.toEqual(['67.9', '73.3', '59.5', '50.0']);

  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy BibTeX' }).press('Enter');
  await page.getByRole('button', { name: 'Copied' }).waitFor({ timeout: TIMEOUT });
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(PAPER.bibtex);

  for (const [name, width, scheme] of [
    ['reported', 1440, 'light'],
    ['reported-dark', 1440, 'dark'],
    ['reported-tablet', 768, 'light'],
    ['reported-phone', 390, 'light'],
    ['reported-narrow', 320, 'light'],
  ] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: 900 });
    await screenshot(page, name);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  }
  expect(faults).toEqual([]);
  await page.close();
  expect(await (await fetch(`${web}/`)).text()).not.toContain('HardNeg');
});

test('the data set stands below the board, on the Tasks page and below scores, and the sampling budget with figures', async () => {
  await startWorker();
  const { evaluationId, submissionId } = await submit(stack.apiUrl(), DIFFUSION, 'Of a known budget');
  const client = liveClient(stack.apiUrl());
  await follow(client, evaluationId, isDone);
  await client.dispose();
  const { dataSet, tasks } = await ask(stack.apiUrl(), DataVersionsDocument, {});
  const sha256 = dataSet.sha256!;
  for (const path of ['/', '/tasks', `/submissions/${submissionId}`]) {
    const { page, faults } = await openPage(path);
    await page.getByTitle(sha256).waitFor({ timeout: TIMEOUT });
    if (path === '/') await page.getByText(`${SAMPLES} noise samples an image and text`).waitFor({ timeout: TIMEOUT });
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy hash' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor({ timeout: TIMEOUT });
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(sha256);
    expect(faults).toEqual([]);
    await page.close();
  }
  const { page, faults } = await openPage(`/submissions/${submissionId}`);
  const version = tasks.find(({ name }) => name === 'clevr')?.dataVersion ?? '';
  await page.getByTitle(version).first().waitFor({ timeout: TIMEOUT });
  await page.getByText(`${SAMPLES} noise samples, seed 0`).waitFor({ timeout: TIMEOUT });
  expect(faults).toEqual([]);
  await page.close();
});

test('bias figures come right after the sentences on how to read them', async () => {
  await startWorker();
  const { evaluationId, submissionId } = await submit(stack.apiUrl(), DUAL_ENCODER, 'Read with care');
  const client = liveClient(stack.apiUrl());
  await follow(client, evaluationId, isDone);
  await client.dispose();
  const title = TASKS.mmbias.title;
  for (const [path, figures] of [
    ['/?show=Bias', '+ section[aria-label^="Leaderboard"] table'],
    [`/submissions/${submissionId}`, `+ section[aria-label="${title}"] li`],
  ] as const) {
    const { page, faults } = await openPage(path);
    await page.locator(`p.caution ${figures}`).first().waitFor({ timeout: TIMEOUT });
    const said = await page.locator('main p.caution').first().textContent();
    expect(said).toContain(`${BIAS_CAUTION} ${BIAS_SPREAD}`);
    // nothing reaches out of a line of the task, be the page broad or narrow
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      const spilt = await page.$$eval('section li', (lines) =>
        lines.filter((line) => line.scrollWidth > line.clientWidth).map((line) => line.textContent),
      );
      expect(spilt).toEqual([]);
    }
    expect(faults).toEqual([]);
    await page.close();
  }
  const { page } = await openPage('/tasks');
  for (const name of [title, TASKS.genderbias.title])
    await page.getByRole('region', { name, exact: true }).getByText(BIAS_SPREAD).waitFor({ timeout: TIMEOUT });
  await page.close();
});

test('the paper’s questions are answered from what was measured, and any two rows are compared', async () => {
  await startWorker();
  const asked = await submit(stack.apiUrl(), DIFFUSION, 'Asked diffusion');
  const other = await submit(stack.apiUrl(), DUAL_ENCODER, 'Asked encoder');
  const client = liveClient(stack.apiUrl());
  for (const { evaluationId } of [asked, other]) await follow(client, evaluationId, isDone);
  await client.dispose();
  const { comparison } = await ask(stack.apiUrl(), ComparisonDocument, {
    left: asked.evaluationId,
    right: other.evaluationId,
    tasks: ['clevr'],
  });
  const metrics = comparison.__typename === 'Comparison' ? comparison.tasks[0]?.metrics : undefined;
  const differenceOf = (name: string) =>
    signedPoints(metrics?.find(({ metric }) => metric === name)?.difference ?? Number.NaN);

  const { page, faults } = await openPage('/');
  await page.getByRole('navigation', { name: 'Lists' }).getByRole('link', { name: 'Questions' }).press('Enter');
  await page.waitForURL(/\/questions$/, { timeout: TIMEOUT });
  const binding = page.getByRole('region', { name: 'Does the diffusion model bind better' });
  const colour = binding.getByRole('row', { name: /^Pair, colour/ });
  await colour.getByText(differenceOf('pair_binding_color'), { exact: true }).waitFor({ timeout: TIMEOUT });
  await page.getByText(/^Waiting for toy-ldm-hardneg \(/).waitFor({ timeout: TIMEOUT });
  for (const [name, width, scheme] of [
    ['questions', 1440, 'light'],
    ['questions-phone-dark', 390, 'dark'],
  ] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: 900 });
    await screenshot(page, name);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  }

  await page.goto(`${web}/submissions/${asked.submissionId}`);
  await page.getByRole('link', { name: 'Compare with another checkpoint' }).press('Enter');
  await page.getByRole('combobox', { name: 'A', exact: true }).waitFor({ timeout: TIMEOUT });
  await page.getByRole('combobox', { name: 'B', exact: true }).selectOption(other.evaluationId);
  await page.getByRole('button', { name: 'Compare' }).press('Enter');
  await page.waitForURL(`**/compare?left=${asked.evaluationId}&right=${other.evaluationId}`, { timeout: TIMEOUT });
  const average = page
    .getByRole('table', { name: 'Asked diffusion and Asked encoder' })
    .getByRole('row', { name: /^CLEVR/ });
  await average.getByText(differenceOf('average'), { exact: true }).waitFor({ timeout: TIMEOUT });
  await screenshot(page, 'compare-phone-dark');
  expect(faults).toEqual([]);
  await page.close();
});

test('a folder dropped on the Submit page is followed to its place on the board', async () => {
  const folder = join(newFolder(), 'dropped-ldm');
  await cp(DIFFUSION, folder, { recursive: true });
  await startWorker();
  const { page, faults } = await openPage('/submit');
  try {
    await dropFolder(page, folder);
    await screenshot(page, 'submit-chosen');
    await page.getByLabel('Name on the board').fill('Dropped checkpoint');
    await page.getByRole('button', { name: /^submit/i }).click();
    await page.waitForURL(/\/submissions\/[0-9a-f-]+/, { timeout: TIMEOUT });
    await page.getByRole('heading', { name: 'Dropped checkpoint' }).waitFor({ timeout: TIMEOUT });
    await screenshot(page, 'submission-live');
    await page.getByRole('status').filter({ hasText: 'DONE' }).first().waitFor({ timeout: TIMEOUT });
    await screenshot(page, 'submission-done');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 390, height: 844 });
    await screenshot(page, 'submission-phone-dark');
    await page.setViewportSize({ width: 1440, height: 980 });
    await page.goto(`${web}/`);
    await page
      .getByRole('table', { name: 'Leaderboard' })
      .getByRole('row', { name: /Dropped checkpoint/ })
      .waitFor();
    await screenshot(page, 'leaderboard-after-drop');
    expect(faults).toEqual([]);
  } finally {
    await page.close();
  }
});

/** Drops a real folder on the page through the browser's own drag-and-drop machinery. */
async function dropFolder(page: Page, folder: string): Promise<void> {
  const box = await page.getByText(/^Drop a checkpoint/).boundingBox();
  if (!box) throw new Error('The Submit page shows no place to drop a folder.');
  const point = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [folder], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, ...point, data });
  await page.getByText('model_index.json').first().waitFor({ timeout: TIMEOUT });
}
