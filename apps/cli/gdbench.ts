import { Command, CommanderError } from 'commander';
import { CliFault } from './fault.ts';

/** Each command's module is loaded only when it is used: starting `gdbench submit` must not load the engine. */
const COMMANDS: Record<string, () => Promise<{ register(program: Command): void }>> = {
  evaluate: () => import('./evaluate.ts'),
  rescore: () => import('./rescore.ts'),
  compare: () => import('./compare.ts'),
  submit: () => import('./submit.ts'),
  watch: () => import('./watch.ts'),
  worker: () => import('./worker.ts'),
  data: () => import('./data.ts'),
};

/** Runs one command line; gives the exit code. */
async function main(words: string[]): Promise<number> {
  const program = new Command('gdbench')
    .description('score text-to-image diffusion models and other vision-and-language models on GDBench')
    .exitOverride()
    // a wrong use is told below, in one sentence
    .configureOutput({ writeErr: () => {} })
    .showSuggestionAfterError(false);
  const word = words[0] ?? '';
  const wanted = Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
  for (const load of wanted ? [wanted] : Object.values(COMMANDS)) (await load()).register(program);
  try {
    if (words.length === 0) program.help();
    await program.parseAsync(words, { from: 'user' });
    return 0;
  } catch (error) {
    return end(error);
  }
}

function end(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0 || error.code === 'commander.help') return 0;
    const said = error.message.replace(/^error: /, '');
    console.error(`${said.charAt(0).toUpperCase()}${said.slice(1).replace(/\.$/, '')}: see gdbench --help.`);
    return 2;
  }
  if (error instanceof CliFault) {
    console.error(error.message);
    return error.exitCode;
  }
  console.error(error instanceof Error ? error.message.split('\n')[0] : String(error));
  return 1;
}

process.exitCode = await main(process.argv.slice(2));
