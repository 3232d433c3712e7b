'use client';

import { useRouter } from 'next/navigation';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { useApiOrigin } from '../live/origin.tsx';
import { announce, missingOf, problemOf, type Submission } from './announce.ts';
import type { Folder } from './folder.ts';
import { createEstimate, type Problem, problemsOf, type Step } from './machine.ts';
import { type Sending, sendFiles } from './send.ts';
import { useWarningBeforeLeaving } from './use-warning.ts';

type Running = { abort: AbortController; sending: Sending | null };

/** Hash, announce, send, open: the whole way of a folder from this browser to its page. */
export function useSubmit() {
  const origin = useApiOrigin();
  const standing = useStanding();
  const { step, problems, setStep, setProblems, ready, changeSending } = standing;
  const send = useSending(origin, standing);
  const running = useRef<Running | null>(null);
  useEffect(() => () => end(running), []);
  useWarningBeforeLeaving(step.at === 'sending');

  const choose = (folder: Folder) => {
    end(running);
    ready(folder, []);
  };
  const back = () => {
    end(running);
    setStep((now) => ('folder' in now ? { at: 'ready', folder: now.folder } : now));
  };
  const submit = async (name: string, folder: Folder) => {
    const found = problemsOf(name, folder);
    setProblems(found);
    if (found.length > 0) return;
    end(running);
    const abort = new AbortController();
    const { signal } = abort;
    running.current = { abort, sending: null };
    const onHashed = (done: number) => setStep({ at: 'hashing', folder, done });
    try {
      const announced = await announce(origin, name, folder, onHashed, signal);
      if (signal.aborted) return;
      if (announced.__typename !== 'SubmitCheckpointSuccess') return ready(folder, [announced]);
      await send(folder, announced.submission, signal, running);
    } catch (error) {
      if (!signal.aborted) ready(folder, [problemOf(error)]);
    }
  };
  const pause = () => {
    running.current?.sending?.pause();
    changeSending({ paused: true, secondsLeft: null });
  };
  const resume = () => {
    setProblems([]);
    changeSending({ paused: false });
    running.current?.sending?.resume();
  };
  return { step, problems, choose, submit, pause, resume, back };
}

/** Where the submission stands, and what is wrong with it. */
function useStanding() {
  const [step, setStep] = useState<Step>({ at: 'choose' });
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const ready = (folder: Folder, found: readonly Problem[]) => {
    setProblems(found);
    setStep({ at: 'ready', folder });
  };
  /** Nothing changes where no files are on their way. */
  const changeSending = (change: Partial<Extract<Step, { at: 'sending' }>>) =>
    setStep((now) => (now.at === 'sending' ? { ...now, ...change } : now));
  return { step, problems, setStep, setProblems, ready, changeSending };
}

/** Sends what the service lacks of a folder, and opens the submission's page once it has all. */
function useSending(origin: string, { setStep, setProblems, changeSending }: ReturnType<typeof useStanding>) {
  const router = useRouter();
  return async (folder: Folder, submission: Submission, signal: AbortSignal, running: RefObject<Running | null>) => {
    const { id } = submission;
    const missing = missingOf(folder, submission);
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
        changeSending({ sent, ...(secondsLeft === null ? {} : { secondsLeft }) });
      },
      done: () => !signal.aborted && open(),
      error: (message) => {
        if (signal.aborted) return;
        setProblems([{ field: '', message, remedy: 'Press “Go on” to continue from where it stopped.' }]);
        changeSending({ paused: true });
      },
    });
    if (signal.aborted) sending.stop();
    else if (running.current) running.current.sending = sending;
  };
}

function end(running: RefObject<Running | null>): void {
  running.current?.abort.abort();
  running.current?.sending?.stop();
  running.current = null;
}
