import { InspectionReport } from '@gdbench/benchmark/inspection-report';
import { PROTOCOLS } from '@gdbench/benchmark/protocol';
import { TASK_NAMES } from '@gdbench/benchmark/task';
import { isVisible, printable } from '@gdbench/storage/printable';
import { inWords, type RemedyPart } from '@gdbench/storage/remedy';
import { z } from 'zod';
import { MOST_FAULTS } from '../engine/checkpoint/fault.ts';
import { DEVICES } from '../engine/runtime/device.ts';

/*
 * What a worker and the child process that reads a checkpoint's files say to each other, as JSON. The child has touched
 * hostile files, so the worker checks every word of it.
 */

const Id = z.int().nonnegative();
const Count = z.int().nonnegative();

export const ToChild = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('inspect'),
    id: Id,
    dir: z.string(),
    /** Where the graphs will run. */
    device: z.enum(DEVICES).optional(),
  }),
  z.object({
    type: z.literal('score'),
    id: Id,
    /** Folder of the checkpoint's files, and what inspection found in it. */
    dir: z.string(),
    report: InspectionReport,
    protocol: z.enum(PROTOCOLS),
    samples: z.int().positive(),
    seed: z.int(),
    root: z.string(),
    task: z.enum(TASK_NAMES),
    limit: z.int().positive().nullable(),
    /** The data must be this version, else nothing is scored. */
    dataVersion: z.string(),
    from: Count,
    to: Count,
    batch: z.int().positive().optional(),
    threads: z.int().positive().optional(),
    device: z.enum(DEVICES).optional(),
    /** Resident memory that may be taken for speed, in MiB. */
    memoryMb: z.int().positive(),
    /** Where to leave every sample's error; absent: nobody keeps them. */
    errorsFile: z.string().optional(),
  }),
  z.object({ type: z.literal('abort'), id: Id }),
]);
export type ToChild = z.infer<typeof ToChild>;
export type Request = Exclude<ToChild, { type: 'abort' }>;
/** A request without the number that its process gives it. */
export type Asked = { [Type in Request['type']]: Omit<Extract<Request, { type: Type }>, 'id'> }[Request['type']];

/** What is shown to people: on one line, cut to a length, without characters that steer terminals or that a database refuses. */
const shown = (most: number) => z.string().transform((text) => printable(text, most));
const Sentence = shown(2_000);

/** UTF-16 units of a remedy, and its parts. */
const LONGEST_REMEDY = 1_500;
const MOST_PARTS = 20;
const Part: z.ZodType<RemedyPart> = z.union([
  z.strictObject({ words: z.string() }),
  z.strictObject({ command: z.string() }),
]);

/**
 * A remedy's parts as they are shown. A command of which a part would not be seen is not one to run: it is told in words, and so
 * is all of a remedy that is too long.
 */
function shownParts(parts: readonly RemedyPart[]): readonly RemedyPart[] {
  const told = parts.map((part) =>
    'command' in part && isVisible(part.command) ? part : { words: printable(inWords([part])) },
  );
  const sentence = inWords(told);
  return sentence.length > LONGEST_REMEDY ? [{ words: printable(sentence, LONGEST_REMEDY) }] : told;
}

const CheckpointFault = z
  .object({
    file: shown(300),
    message: shown(3_000),
    expected: shown(500),
    found: shown(1_000),
    remedyParts: z.array(Part).max(MOST_PARTS).transform(shownParts),
    namesPlaceholder: z.boolean(),
  })
  // what its parts say, whatever the child says
  .transform((fault) => ({ ...fault, remedy: inWords(fault.remedyParts) }));

/** Levels of the report, which is a flat object of numbers, texts and lists. */
const DEEPEST = 8;

/** Plain data with every text in it cleaned as Sentence is. */
function cleaned(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return printable(value, 2_000);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === DEEPEST) return null;
  if (Array.isArray(value)) return value.map((one) => cleaned(one, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [printable(key, 200), cleaned(one, depth + 1)]));
}

export const FromChild = z.discriminatedUnion('type', [
  /** A sign of life: examples scored so far, also where it is the model's rows that advanced; or checks passed. */
  z.object({ type: z.literal('progress'), id: Id, done: Count }),
  z.object({
    type: z.literal('accepted'),
    id: Id,
    report: z
      .unknown()
      .transform((report) => cleaned(report, 0))
      .pipe(InspectionReport),
  }),
  /** All that is wrong with the files, the gravest first. */
  z.object({
    type: z.literal('refused'),
    id: Id,
    faults: z.tuple([CheckpointFault], CheckpointFault).check(z.maxLength(MOST_FAULTS)),
  }),
  z.object({
    type: z.literal('scored'),
    id: Id,
    scores: z.array(
      z.object({
        /** Which of the task's examples it is: its id the worker knows. */
        index: Count,
        // JSON has no NaN and no infinity: either would arrive as null and be thrown out here
        scores: z.array(z.array(z.number())),
      }),
    ),
    /** What did not go as asked, such as a device that is not there. */
    warnings: z.array(Sentence).max(100),
  }),
  z.object({
    type: z.literal('failed'),
    id: Id,
    message: Sentence,
    fault: z.enum(['SUBMITTER', 'SERVICE']),
    remedy: Sentence,
    /** Whether another attempt would end the same way. */
    permanent: z.boolean(),
  }),
]);
export type FromChild = z.infer<typeof FromChild>;
export type Answer = Exclude<FromChild, { type: 'progress' }>;
