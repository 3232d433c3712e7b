import type { Command } from 'commander';
import { CliFault } from './fault.ts';
import type { VerifyOptions } from './verify.ts';

export function register(program: Command): void {
  const data = program
    .command('data')
    .description('look after a data root')
    .usage('verify [root] [options]')
    .allowExcessArguments()
    .action(() => {
      throw new CliFault('gdbench data needs the word verify behind it: see gdbench data --help.', 2);
    });
  data
    .command('verify')
    .allowExcessArguments(false)
    .description(
      'say which tasks a data root can serve, and decode every image to find those that are missing or corrupt',
    )
    .argument('[root]', 'data root in the official layout (default: GDBENCH_DATA, else the built-in set)')
    .option('--task <names>', 'these tasks alone, separated by commas; may be given several times', listed)
    .option('--json', 'print one JSON object instead of a table')
    .addHelpText(
      'after',
      `
Of each task it says whether the data are all of an edition that is known (whole), a part of one, or an unknown edition;
only whole ones rank. GDBENCH_EDITIONS names a file of further editions.
Exits with 0 when at least one task (of those asked for) can run, with 1 when none can.`,
    )
    .action(async (root: string | undefined, options: VerifyOptions) => {
      const { verify } = await import('./verify.ts');
      await verify(root, options);
    });
}

const listed = (names: string, before: string[] = []) => [...before, names];
