import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';

const checkout = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');
const isInstalled = /[/\\]node_modules([/\\]|$)/.test(checkout);

/**
 * The repository's root, without a slash at the end; that of the user's own folder, where the command line was installed as a package.
 * Relative folders of settings start here, wherever a command was given.
 */
export const ROOT = isInstalled ? homedir() : checkout;
