import { fileURLToPath } from 'node:url';

/** The repository's root, without a slash at the end. Relative folders of settings start here, wherever a command was given. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');
