import path from 'node:path';
import type { InspectionReport } from '@gdbench/benchmark/inspection-report';
import type { Protocol } from '@gdbench/benchmark/protocol';
import type { TaskData } from '@gdbench/benchmark/task';
import { CODE_VERSION } from '@gdbench/benchmark/version';
import { folderCalled } from '@gdbench/storage/remedy';
import type { Command } from 'commander';
import type { EvaluateOptions, Plan } from '../evaluate/plan.ts';
import type { Settings } from '../evaluate/run.ts';
import { refusedFault, tellingRefusals } from '../fault.ts';

export function register(program: Command): void {
  program
    .command('evaluate')
    .description('score a checkpoint on this machine, without a server or a database')
    .argument('<dir>', 'folder of the checkpoint')
    .option('--data <root>', 'data root in the official layout (default: GDBENCH_DATA, else the built-in set)')
    .option('--tasks <names>', 'tasks, separated by commas (default: every task the data root can serve)')
    .option('--protocol <name>', 'how a diffusion model is scored: see below (default: diffusion-itm)')
    .option('--samples <n>', 'sample budget of a diffusion model, 1 to 1000', '250')
    .option('--seed <n>', 'seed of the noise', '0')
    .option('--limit <n>', 'only the first n examples of each subtask or group; such results cannot rank')
    .option('--skip-missing', 'leave out examples whose images are missing or unreadable; such results cannot rank')
    .option('--out <dir>', 'folder for results.json and scores/; the one you are in', '.')
    .option(
      '--errors',
      "write every sample's error too: in scores/, and packed in errors/, which gdbench rescore reads",
    )
    .option(
      '--keep-all-errors',
      'as --errors, and also those that the other protocols need, so that one run serves them all',
    )
    .option('--resume', 'go on with the interrupted run in --out, which must have had the same settings')
    .option('--batch <n>', 'rows that go through a model at once (default: GDBENCH_BATCH, else measured at the start)')
    .option('--threads <n>', 'threads of a session (default: GDBENCH_THREADS, else measured at the start)')
    .option(
      '--sessions <n>',
      'U-Net sessions side by side (default: one where batch and threads are set, else measured)',
    )
    .option(
      '--device <name>',
      'auto, cpu, cuda, tensorrt or webgpu (default: GDBENCH_DEVICE, else auto: what works here)',
    )
    .option('--json', 'the results as one JSON object for machines')
    .addHelpText(
      'after',
      `
Protocols of a diffusion model: diffusion-itm, diffusion-classifier, diffusion-itm-unnormalized, diffusion-itm-gray,
and diffusion-itm-adaptive, which draws fewer samples where the winner is clear. Other kinds have one: cosine or matching.

Ctrl-C keeps what was done, in .partial of --out, and so does any other end; the same command with --resume goes on.
Without --resume a run begins from the start, and says so where an interrupted one is there.
With batch and threads pinned, results are equal to the bit, whether interrupted or not.`,
    )
    .action(evaluate);
}

const evaluate = (dir: string, options: EvaluateOptions): Promise<void> =>
  tellingRefusals(options.json === true, () => evaluated(dir, options));

async function evaluated(dir: string, options: EvaluateOptions): Promise<void> {
  const [{ planOf, protocolFor }, { loadData }, { openPartial }, { run }] = await Promise.all([
    import('../evaluate/plan.ts'),
    import('../data/root.ts'),
    import('../evaluate/partial.ts'),
    import('../evaluate/run.ts'),
  ]);
  const plan = await planOf(dir, options);
  const report = await inspected(plan, dir);
  const protocol = protocolFor(plan, report);
  if (!plan.json)
    process.stdout.write(`${describe(plan, report, protocol)}\nIts results will be written into ${plan.out}\n`);
  const data = await loadData({ ...plan, root: plan.data });
  const settings = settingsOf(plan, report, protocol, data);
  const partial = await openPartial(plan.out, settings, data, plan.resume, (line) => process.stderr.write(`${line}\n`));
  await run(plan, report, settings, data, partial);
}

/** @param name the folder as it was given, for the commands that mend it. */
async function inspected({ dir, device }: Plan, name: string): Promise<InspectionReport> {
  const { inspectCheckpoint } = await import('@gdbench/workers/engine/inspect');
  const inspection = await inspectCheckpoint(dir, { name: folderCalled(name), device });
  if (!inspection.ok) throw refusedFault(inspection.reason, inspection.faults);
  return inspection.report;
}

function describe(plan: Plan, report: InspectionReport, protocol: Protocol): string {
  const { width, height } = report.inputSize;
  const inside = report.inside === '' ? '' : `The checkpoint is in ${path.join(plan.dir, report.inside)}.\n`;
  return (
    `${inside}${path.basename(path.join(plan.dir, report.inside))}: ${report.kind}, ${report.parameters.toLocaleString('en')} parameters, ` +
    `${width} by ${height} pixels, ${report.tokenLength} tokens, protocol ${protocol}`
  );
}

function settingsOf(plan: Plan, report: InspectionReport, protocol: Protocol, data: readonly TaskData[]): Settings {
  const sampled = report.kind === 'diffusion';
  return {
    checkpointSha256: report.sha256,
    protocol,
    samples: sampled ? plan.samples : null,
    seed: sampled ? plan.seed : null,
    limit: plan.limit ?? null,
    errors: sampled ? plan.errors : 'none',
    codeVersion: CODE_VERSION,
    data: Object.fromEntries(data.map(({ task, dataVersion }) => [task, dataVersion])),
  };
}
