import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { DIFFUSION } from '../support/builtin.ts';
import { submit } from '../support/command.ts';
import { LFS_POINTER } from '../support/disguises.ts';
import { newFolder } from '../support/folder.ts';
import { follow, liveClient } from '../support/graphql.ts';
import { screenshot } from '../support/screenshot.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { writeTinyData } from '../support/tiny-data.ts';

let stack: Stack;
let browser: Browser;
let web: string;
const scratch = newFolder();
let submissionId: string;
beforeAll(async () => {
  await writeTinyData(join(scratch, 'data'));
  stack = await startStack({ data: join(scratch, 'data') });
  await stack.startWorker('a');
  [browser, web] = await Promise.all([launchBrowser(), stack.startWeb()]);
  const folder = join(scratch, 'my-sd-finetune');
  await cp(DIFFUSION, folder, { recursive: true });
  await writeFile(join(folder, 'unet/model.onnx'), LFS_POINTER);
  await writeFile(join(folder, 'text_encoder/model.onnx'), LFS_POINTER);
  await writeFile(join(folder, 'vae_encoder/config.json'), '<!DOCTYPE html><html><body>Sign in</body></html>');
  // an ONNX model's version, and no graph
  await writeFile(join(folder, 'vae_encoder/model.onnx'), Uint8Array.of(8, 8));
  await writeFile(join(folder, 'scheduler/scheduler_config.json'), '{"beta_schedule": "wavy"}');
  const ids = await submit(stack.apiUrl(), folder, 'my-sd-finetune');
  submissionId = ids.submissionId;
  const client = liveClient(stack.apiUrl());
  await follow(client, ids.evaluationId, ({ state }) => state === 'REFUSED');
  await client.dispose();
});
afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

async function open(width: number, colorScheme: 'light' | 'dark') {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.goto(`${web}/submissions/${submissionId}`, { waitUntil: 'networkidle' });
  return { page, errors };
}

test('every fault is a row with its file, what was expected and found, and the command to copy', async () => {
  const { page, errors } = await open(1280, 'light');
  const verdict = page.getByRole('region', { name: 'What went wrong' });
  await verdict.waitFor();
  expect(await verdict.getByRole('heading').textContent()).toMatch(/^Refused: \d faults, all of them here$/);
  const rows = await verdict.getByRole('listitem').allInnerTexts();
  const pointers = rows.find((row) => row.includes('unet/model.onnx'))!;
  expect(pointers).toContain('text_encoder/model.onnx');
  expect(pointers).toMatch(/expected\s+an ONNX model\s+found\s+is a Git LFS pointer/);
  expect(rows.join('\n')).toMatch(
    /vae_encoder\/config.json[\s\S]*a JSON file[\s\S]*is a web page \(HTML\) that asks for a login/,
  );
  await verdict
    .getByRole('listitem')
    .filter({ hasText: 'unet/model.onnx' })
    .getByRole('button', { name: 'Copy' })
    .click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('cd DIR && git lfs pull');
  const inTheMiddle = verdict.getByRole('listitem').filter({ hasText: 'vae_encoder/model.onnx' });
  expect(await inTheMiddle.textContent()).toContain(
    'download it: hf download OWNER/MODEL vae_encoder/model.onnx --local-dir DIR Copy, or export it again.',
  );
  await inTheMiddle.getByRole('button', { name: 'Copy' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    'hf download OWNER/MODEL vae_encoder/model.onnx --local-dir DIR',
  );
  expect(await verdict.textContent()).toContain('DIR stands for the folder on your machine.');
  expect(errors).toEqual([]);
  await screenshot(page, 'refused-light');
  await page.context().close();
});

test.each([
  [1280, 'dark'],
  [390, 'light'],
  [390, 'dark'],
] as const)('it fits a window of %i pixels in %s', async (width, scheme) => {
  const { page, errors } = await open(width, scheme);
  await page.getByRole('region', { name: 'What went wrong' }).waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  expect(errors).toEqual([]);
  await screenshot(page, `refused-${width}-${scheme}`);
  await page.context().close();
});
