import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { builtinData, DIFFUSION } from '../support/builtin.ts';
import { submit } from '../support/command.ts';
import { newFolder } from '../support/folder.ts';
import { type Stack, startStack } from '../support/stack.ts';

const TIMEOUT = 120_000;

let stack: Stack;
let browser: Browser;
let web: string;
const scratch = newFolder();
beforeAll(async () => {
  stack = await startStack({ data: builtinData() });
  [browser, web] = await Promise.all([launchBrowser(), stack.startWeb()]);
});
afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

/** The submission's page of a checkpoint with this card, with the card opened by keyboard. */
async function openCard(name: string, card: string) {
  const folder = join(scratch, name);
  await cp(DIFFUSION, folder, { recursive: true });
  await writeFile(join(folder, 'README.md'), card);
  const { submissionId } = await submit(stack.apiUrl(), folder, name);
  const page = await browser.newPage();
  const faults: string[] = [];
  const asked: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(`${web}/submissions/${submissionId}`, { waitUntil: 'networkidle' });
  const shown = page.getByRole('group').filter({ has: page.getByRole('heading', { name: /^Model card/ }) });
  await shown.locator('summary').press('Enter');
  return { page, shown, faults, asked };
}

const run = (page: Page) => page.evaluate(() => 'hacked' in window);

test('a card is shown as Markdown, and nothing of a hostile one runs, loads or leads anywhere but to web pages', async () => {
  const card = [
    '---',
    'license: apache-2.0',
    '---',
    '# A card',
    'A word in **bold** and [a page](https://example.org/paper "title").',
    '[script](javascript:window.hacked=1) [tabbed](java&#x09;script:window.hacked=1) [data](data:text/html,x) [mail](mailto:a@b.c)',
    '[relative](/submit) <javascript:window.hacked=1>',
    '![pixel](https://evil.example/pixel.png)',
    '<script>window.hacked = 1</script>',
    '',
    '<img src=x onerror="window.hacked = 1"><iframe src="https://evil.example"></iframe>',
    '<a href="https://evil.example">raw</a><style>body { display: none }</style>',
    '',
    '| figure | value |',
    '| --- | ---: |',
    '| loss | 0.25 |',
  ].join('\n');
  const { page, shown, faults, asked } = await openCard('hostile', card);
  await shown.getByRole('heading', { name: 'A card' }).waitFor({ timeout: TIMEOUT });
  expect(await shown.locator('strong').allInnerTexts()).toEqual(['bold']);
  expect(await shown.getByRole('row').allInnerTexts()).toEqual(['figure\tvalue', 'loss\t0.25']);
  const links = await shown
    .locator('a')
    .evaluateAll((all) => all.map((one) => [one.textContent, one.getAttribute('href'), one.getAttribute('rel')]));
  expect(links).toEqual([['a page', 'https://example.org/paper', 'noopener noreferrer nofollow ugc']]);
  expect(await shown.locator('script, img, iframe, style, object, embed, form, [onerror]').count()).toBe(0);
  expect(await shown.textContent()).not.toContain('license: apache-2.0');
  expect(asked.filter((url) => url.includes('evil.example'))).toEqual([]);
  expect(await run(page)).toBe(false);
  expect(faults).toEqual([]);
  await page.close();
});

test('the beginning of a huge card is shown, and one that would take minutes to read stands as it was written', async () => {
  const huge = await openCard('huge', `# Huge\n\n${'A sentence of many. '.repeat(50_000)}`);
  await huge.shown.getByText('These are the first 64 KiB of').waitFor({ timeout: TIMEOUT });
  expect((await huge.shown.textContent())?.length).toBeLessThan(70_000);
  await huge.page.close();

  const deep = await openCard('deep', `# Deep\n${'>'.repeat(60_000)}`);
  await deep.shown.locator('pre').filter({ hasText: '# Deep' }).waitFor({ timeout: TIMEOUT });
  expect(deep.faults).toEqual([]);
  await deep.page.close();
});

test('a checkpoint without a card has no place for one', async () => {
  const { submissionId } = await submit(stack.apiUrl(), DIFFUSION, 'no card');
  const page = await browser.newPage();
  await page.goto(`${web}/submissions/${submissionId}`);
  await page.getByRole('heading', { name: /^Files/ }).waitFor({ timeout: TIMEOUT });
  expect(await page.getByRole('heading', { name: /^Model card/ }).count()).toBe(0);
  await page.close();
});
