'use client';

import { useRouter } from 'next/navigation';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { SubmitCheckpointDocument } from '../generated/graphql.ts';
import { ask } from '../live/ask.ts';
import { useApiOrigin } from '../live/origin.tsx';
import type { Folder } from './folder.ts';
import { sha256Of } from './hash.ts';
import { createEstimate, type Problem, problemsOf, type Step } from './machine.ts';
import { type Sendable, type Sending, sendFiles } from './send.ts';

type Running = { abort: AbortController; sending: Sending | null };

/** Hash, announce, send, open: the whole way of a folder from this browser to its page. */
export function useSubmit() {
  const origin = useApiOrigin();
  const router = useRouter();
  const [step, setStep] = useState<Step>({ at: 'choose' });
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const running = useRef<Running | null>(null);

  const stop = () => end(running);
  useEffect(() => () => end(running), []);
  useWarningBeforeLeaving(step.at === 'sending');

  const choose = (folder: Folder) => {
    stop();
    setProblems([]);
    setStep({ at: 'ready', folder });
  };
  const back = () => {
    stop();
    setStep((now) => ('folder' in now ? { at: 'ready', folder: now.folder } : now));
  };
  const fail = (folder: Folder, problem: Problem) => {
    setProblems([problem]);
    setStep({ at: 'ready', folder });
  };

  const submit = async (name: string, folder: Folder) => {
    const found = problemsOf(name, folder);
    setProblems(found);
    if (found.length > 0) return;
    stop();
    const abort = new AbortController();
    running.current = { abort, sending: null };
    try {
      let done = 0;
      setStep({ at: 'hashing', folder, done });
      const files = [];
      for (const { path, file } of folder.files) {
        const count = (bytes: number) => {
          done += bytes;
          setStep({ at: 'hashing', folder, done });
        };
        files.push({ path, size: file.size, sha256: await sha256Of(file, count, abort.signal) });
      }
      const { submitCheckpoint } = await ask(origin, SubmitCheckpointDocument, {
        input: { name: name.trim(), files },
      });
      if (abort.signal.aborted) return;
      if (submitCheckpoint.__typename !== 'SubmitCheckpointSuccess') return fail(folder, submitCheckpoint);
      await send(folder, submitCheckpoint.submission, abort.signal);
    } catch (error) {
      if (abort.signal.aborted) return;
      const unreadable = error instanceof DOMException;
      fail(folder, {
        field: unreadable ? 'files' : '',
        message: unreadable ? 'A file of the folder can no longer be read.' : (error as Error).message,
        remedy: unreadable ? 'It may have been changed or moved since; choose the folder again.' : '',
      });
    }
  };

  type Submission = { id: string; files: readonly { id: string; path: string; stored: boolean; uploadUrl: string }[] };

  const send = async (folder: Folder, submission: Submission, signal: AbortSignal) => {
    const { id } = submission;
    const byPath = new Map(folder.files.map(({ path, file }) => [path, file]));
    const missing = submission.files.flatMap(({ id: fileId, path, stored, uploadUrl }): Sendable[] => {
      const file = byPath.get(path);
      return file && !stored ? [{ id: fileId, file, uploadUrl }] : [];
    });
    const open = () => {
      running.current = null;
      setStep({ at: 'opening', folder, id });
      router.push(`/submissions/${id}`);
    };
    if (missing.length === 0) return open();
    const total = missing.reduce((sum, { file }) => sum + file.size, 0);
    const estimate = createEstimate(total);
    setStep({ at: 'sending', folder, sent: 0, total, secondsLeft: null, paused: false, id });
    const sending = await sendFiles(origin, missing, {
      sent: (sent) => {
        if (signal.aborted) return;
        const secondsLeft = estimate(sent, performance.now());
        setStep((now) => (now.at === 'sending' ? { ...now, sent, secondsLeft: secondsLeft ?? now.secondsLeft } : now));
      },
      done: () => !signal.aborted && open(),
      error: (message) => {
        if (signal.aborted) return;
        setProblems([{ field: '', message, remedy: 'Press “Go on” to continue from where it stopped.' }]);
        setStep((now) => (now.at === 'sending' ? { ...now, paused: true } : now));
      },
    });
    if (signal.aborted) sending.stop();
    else if (running.current) running.current.sending = sending;
  };

  const pause = () => {
    running.current?.sending?.pause();
    setStep((now) => (now.at === 'sending' ? { ...now, paused: true, secondsLeft: null } : now));
  };
  const resume = () => {
    setProblems([]);
    setStep((now) => (now.at === 'sending' ? { ...now, paused: false } : now));
    running.current?.sending?.resume();
  };

  return { step, problems, choose, submit, pause, resume, back };
}

function end(running: RefObject<Running | null>): void {
  running.current?.abort.abort();
  running.current?.sending?.stop();
  running.current = null;
}

function useWarningBeforeLeaving(active: boolean): void {
  useEffect(() => {
    if (!active) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [active]);
}
