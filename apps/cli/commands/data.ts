import type { Command } from 'commander';
import type { PrepareCommand } from '../data/prepare.ts';
import type { VerifyOptions } from '../data/verify.ts';
import { CliFault } from '../fault.ts';

export function register(program: Command): void {
  const data = program
    .command('data')
    .description('look after a data root')
    .usage('verify|prepare ...')
    .allowExcessArguments()
    .action(() => {
      throw new CliFault('gdbench data needs the word verify or prepare behind it: see gdbench data --help.', 2);
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
      const { verify } = await import('../data/verify.ts');
      await verify(root, options);
    });
  data
    .command('prepare')
    .allowExcessArguments(false)
    .description('make the official layout of what was downloaded: folders, zips and tars, as they are')
    .argument('<from...>', 'folders and files that were downloaded; they are not changed')
    .requiredOption('--into <root>', 'the data root that is made, or to which files are added')
    .option('--task <names>', 'these tasks alone, separated by commas; may be given several times', listed)
    .option('--only <file>', "svo: the rows of another lab's svo.json alone, so that both have the same")
    .option('--json', 'print one JSON object instead of lines and a table')
    .addHelpText(
      'after',
      `
Files are found by their content and names, and linked where the file system can (else copied); archives are read in place.
prepared.json in the root says where each came from, and what was left out, and why. Running it again goes on.
Ends as gdbench data verify does, for the tasks of which images were found, or those asked for.
Exits with 0 when each of them can run, with 1 when one cannot.`,
    )
    .action(async (from: string[], options: PrepareCommand) => {
      const { prepare } = await import('../data/prepare.ts');
      await prepare(from, options);
    });
}

const listed = (names: string, before: string[] = []) => [...before, names];
