import { readdirSync, readFileSync } from 'node:fs';
import { cp, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { DIFFUSION } from '../support/builtin.ts';
import { gdbench, submit } from '../support/command.ts';
import { newFolder } from '../support/folder.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { writeTinyData } from '../support/tiny-data.ts';

const TIMEOUT = 120_000;
const CHUNKS = 'apps/web/.next/static/chunks';

let stack: Stack;
let browser: Browser;
let web: string;
const scratch = newFolder();
beforeAll(async () => {
  await writeTinyData(join(scratch, 'data'));
  await cp(DIFFUSION, join(scratch, 'toy'), { recursive: true });
  await writeFile(join(scratch, 'toy/README.md'), 'A card in **bold**.\n');
  stack = await startStack({ data: join(scratch, 'data') });
  [browser, web] = await Promise.all([launchBrowser(), stack.startWeb()]);
});
afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

/** A page on which the pieces of code that hold this text do not come until they are let through. */
async function openWithout(text: string, path: string) {
  const held = new Set(readdirSync(CHUNKS).filter((name) => readFileSync(join(CHUNKS, name), 'utf8').includes(text)));
  expect(held.size).toBeGreaterThan(0);
  const page = await browser.newPage();
  const uncaught: string[] = [];
  page.on('pageerror', (error) => uncaught.push(error.message));
  let isHeld = true;
  let refused = 0;
  await page.route('**/_next/static/chunks/*.js', (route) => {
    if (!isHeld || !held.has(basename(new URL(route.request().url()).pathname))) return route.continue();
    refused += 1;
    return route.abort();
  });
  await page.goto(`${web}${path}`);
  const letThrough = () => {
    isHeld = false;
  };
  return { page, uncaught, letThrough, refused: () => refused };
}

const paused = (page: Page) => page.getByText('Live updates paused');

test('live updates whose code does not come are said to be paused until it does, and are followed then', async () => {
  const { submissionId } = await submit(stack.apiUrl(), join(scratch, 'toy'), 'paused');
  const { page, uncaught, letThrough, refused } = await openWithout(
    'graphql-transport-ws',
    `/submissions/${submissionId}`,
  );
  await paused(page).waitFor({ timeout: TIMEOUT });
  expect(refused()).toBeGreaterThan(0);
  letThrough();
  await paused(page).waitFor({ state: 'hidden', timeout: TIMEOUT });
  const { code } = await gdbench(['cancel', submissionId, '--server', stack.apiUrl()]).ended;
  expect(code).toBe(0);
  await page.getByText('Cancelled').first().waitFor({ timeout: TIMEOUT });
  expect(uncaught).toEqual([]);
  await page.close();
});

test('a model card whose reader does not come says so, and is shown when it is opened again', async () => {
  const { submissionId } = await submit(stack.apiUrl(), join(scratch, 'toy'), 'with a card');
  const { page, uncaught, letThrough } = await openWithout('codeFencedFence', `/submissions/${submissionId}`);
  const shown = page.getByRole('group').filter({ has: page.getByRole('heading', { name: /^Model card/ }) });
  await shown.locator('summary').press('Enter');
  await shown.getByText('A part of this page did not load.').waitFor({ timeout: TIMEOUT });
  letThrough();
  await shown.locator('summary').press('Enter');
  await shown.locator('summary').press('Enter');
  await shown.locator('strong', { hasText: 'bold' }).waitFor({ timeout: TIMEOUT });
  expect(uncaught).toEqual([]);
  await page.close();
});

test('a folder whose hashing code does not come is kept with a sentence, and is sent at the next press', async () => {
  const { page, uncaught, letThrough } = await openWithout('AGFzbQ', '/submit');
  await page.getByLabel('Checkpoint folder').setInputFiles(join(scratch, 'toy'));
  const button = page.getByRole('button', { name: /^Submit / });
  await button.click();
  await page.getByText('A part of this page did not load.').waitFor({ timeout: TIMEOUT });
  letThrough();
  await button.click();
  await page.waitForURL(/\/submissions\/[0-9a-f-]{36}$/, { timeout: TIMEOUT });
  expect(uncaught).toEqual([]);
  await page.close();
});
