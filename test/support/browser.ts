import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

const run = promisify(execFile);

const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];
/** Without these a browser as root, without a GPU, or behind a closed network is slow or will not start. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface FoundBrowser {
  readonly path: string;
}

/**
 * The browser that page tests use: CHROMIUM_PATH, an installed one, Playwright's own, the one that npm ships for Linux
 * on x64, or (as root on Debian) the distribution's package, in that order.
 */
export async function findBrowser(): Promise<FoundBrowser> {
  const own = process.env.CHROMIUM_PATH;
  if (own) {
    if (isExecutable(own)) return { path: own };
    throw new Error(`CHROMIUM_PATH is "${own}", where no program stands: correct it or unset it.`);
  }
  const installed = [...commands(), ...APPLICATIONS, chromium.executablePath()].find(isExecutable);
  if (installed) return { path: installed };
  const shipped = await unpackShipped();
  if (shipped) return { path: shipped };
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    await run('apt-get', ['update']).catch(() => undefined);
    await run('apt-get', ['install', '-y', 'chromium']).catch(() => undefined);
    const debian = commands().find(isExecutable);
    if (debian) return { path: debian };
  }
  throw new Error('No browser for the page tests: install Chromium or Chrome, or set CHROMIUM_PATH to one.');
}

function commands(): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return COMMANDS.flatMap((name) => folders.map((folder) => join(folder, name)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function unpackShipped(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  // makes the package unpack the libraries that a bare system lacks
  process.env.AWS_EXECUTION_ENV ??= 'AWS_Lambda_nodejs20.x';
  const { default: shipped } = await import('@sparticuz/chromium');
  const path = await shipped.executablePath();
  return (await run(path, ['--version', '--no-sandbox']).catch(() => undefined)) ? path : undefined;
}

export async function launchBrowser(): Promise<Browser> {
  const { path } = await findBrowser();
  return chromium.launch({ executablePath: path, args: ARGS });
}
