import { readFileSync } from 'node:fs';
import { CODE_VERSION } from '@gdbench/benchmark/version';
import { SettingsFault } from '@gdbench/settings/fault';
import { printable } from '@gdbench/storage/printable';
import { Command, CommanderError } from 'commander';
import { CliFault } from './fault.ts';

/** Each command's module is loaded only when it is used: starting `gdbench submit` must not load the engine. */
const COMMANDS: Record<string, () => Promise<{ register(program: Command): void }>> = {
  evaluate: () => import('./commands/evaluate.ts'),
  rescore: () => import('./commands/rescore.ts'),
  compare: () => import('./commands/compare.ts'),
  submit: () => import('./commands/submit.ts'),
  list: () => import('./commands/list.ts'),
  status: () => import('./commands/status.ts'),
  watch: () => import('./commands/watch.ts'),
  cancel: () => import('./commands/cancel.ts'),
  again: () => import('./commands/again.ts'),
  worker: () => import('./commands/worker.ts'),
  data: () => import('./commands/data.ts'),
};

/** Of the commands that a line needs to know: the one that it begins with, none for the version, else all. */
function loadersFor(word: string): (typeof COMMANDS)[string][] {
  if (word === '--version' || word === '-V') return [];
  const wanted = Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
  return wanted ? [wanted] : Object.values(COMMANDS);
}

/** Runs one command line; gives the exit code. */
async function main(words: string[]): Promise<number> {
  const program = new Command('gdbench')
    .description('score text-to-image diffusion models and other vision-and-language models on GDBench')
    .version(`gdbench ${ownVersion()}, scores of code version ${CODE_VERSION}`)
    .exitOverride()
    // a wrong use is told below, in one sentence
    .configureOutput({ writeErr: () => {} })
    .showSuggestionAfterError(false);
  for (const command of await Promise.all(loadersFor(words[0] ?? '').map((load) => load()))) command.register(program);
  try {
    if (words.length === 0) program.help();
    await program.parseAsync(words, { from: 'user' });
    return 0;
  } catch (error) {
    return end(error, helpOf(program, words));
  }
}

function ownVersion(): string {
  return JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')).version;
}

/** The command that explains what was begun, e.g. "gdbench data verify --help". */
function helpOf(program: Command, words: readonly string[]): string {
  const path = [program];
  for (const word of words) {
    const next = path.at(-1)?.commands.find((command) => command.name() === word);
    if (!next) break;
    path.push(next);
  }
  return `${path.map((command) => command.name()).join(' ')} --help`;
}

function end(error: unknown, help: string): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0 || error.code === 'commander.help') return 0;
    const said = error.message.replace(/^error: /, '');
    tell(`${said.charAt(0).toUpperCase()}${said.slice(1).replace(/\.$/, '')}: see ${help}.`);
    return 2;
  }
  if (error instanceof SettingsFault) {
    tell(error.message);
    return 2;
  }
  if (error instanceof CliFault) {
    tell(error.message);
    return error.exitCode;
  }
  tell(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  return 1;
}

function tell(sentence: string): void {
  console.error(printable(sentence));
}

process.exitCode = await main(process.argv.slice(2));
