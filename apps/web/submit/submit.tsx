'use client';

import { nameOfFolder } from '@gdbench/benchmark/checkpoint-name';
import { type FormEvent, useState } from 'react';
import { useDropzone } from 'react-dropzone';
import { bytes } from '../figure/format.ts';
import { type Folder, folderOf } from './folder.ts';
import { FolderList } from './folder-list.tsx';
import type { Problem } from './machine.ts';
import { Progress } from './progress.tsx';
import styles from './submit.module.css';
import { useSubmit } from './use-submit.ts';

export function Submit() {
  const { step, problems, choose, submit, pause, resume, back } = useSubmit();
  const [name, setName] = useState('');
  const [nameTouched, setNameTouched] = useState(false);
  const take = (given: File[]) => {
    if (given.length === 0) return;
    const folder = folderOf(given);
    choose(folder);
    if (!nameTouched || name.trim() === '') setName(nameOfFolder(folder.path));
  };
  const busy = step.at !== 'choose' && step.at !== 'ready';
  const { getRootProps, getInputProps, open, isDragActive } = useDropzone({
    onDrop: take,
    noClick: true,
    noKeyboard: true,
    disabled: busy,
    useFsAccessApi: false,
  });
  const folder = 'folder' in step ? step.folder : null;
  const start = (event: FormEvent) => {
    event.preventDefault();
    if (step.at === 'ready') void submit(name, step.folder);
  };
  return (
    <form className={styles.form} onSubmit={start} noValidate>
      <div {...getRootProps()} className={`panel ${styles.drop}`} data-over={isDragActive}>
        <input
          {...getInputProps({ webkitdirectory: '', 'aria-label': 'Checkpoint folder' } as object)}
          // hidden by a class: the page's policy allows no inline style
          style={undefined}
          className="hidden"
        />
        {folder === null ? (
          <Invitation onOpen={open} over={isDragActive} />
        ) : (
          <Chosen folder={folder} onOpen={busy ? null : open} />
        )}
      </div>
      <General problems={problems} />
      {folder && (
        <>
          <NameField
            name={name}
            disabled={busy}
            problem={problems.find(({ field }) => field === 'name')}
            onName={(next) => {
              setNameTouched(true);
              setName(next);
            }}
          />
          {busy ? (
            <Progress step={step} onPause={pause} onResume={resume} onBack={back} />
          ) : (
            <button type="submit" className={`button primary ${styles.go}`}>
              Submit {bytes(folder.bytes)}
            </button>
          )}
          <FolderList folder={folder} problems={problems} />
        </>
      )}
    </form>
  );
}

function Invitation({ onOpen, over }: { onOpen: () => void; over: boolean }) {
  return (
    <div className={styles.invitation}>
      <svg viewBox="0 0 48 48" aria-hidden="true">
        <path d="M6 13a3 3 0 0 1 3-3h9l4 5h17a3 3 0 0 1 3 3v18a3 3 0 0 1-3 3H9a3 3 0 0 1-3-3z" />
        <path d="M24 33V22m-5 4.5 5-5 5 5" />
      </svg>
      <p className={styles.large}>{over ? 'Let go to choose this folder' : 'Drop a checkpoint’s folder here'}</p>
      <p className="muted">or</p>
      <button type="button" className="button primary" onClick={onOpen}>
        Choose a folder
      </button>
    </div>
  );
}

function Chosen({ folder, onOpen }: { folder: Folder; onOpen: (() => void) | null }) {
  return (
    <div className={styles.chosen}>
      <p>
        <b>{folder.name || 'Loose files'}</b>
        <span className="muted">
          {folder.files.length === 1 ? '1 file' : `${folder.files.length} files`}, {bytes(folder.bytes)}
        </span>
      </p>
      {onOpen && (
        <button type="button" className="button" onClick={onOpen}>
          Choose another
        </button>
      )}
    </div>
  );
}

function NameField({
  name,
  disabled,
  problem,
  onName,
}: {
  name: string;
  disabled: boolean;
  problem: Problem | undefined;
  onName: (name: string) => void;
}) {
  return (
    <div className={styles.field}>
      <label htmlFor="name">Name on the board</label>
      <input
        id="name"
        value={name}
        disabled={disabled}
        autoComplete="off"
        spellCheck={false}
        aria-invalid={problem !== undefined}
        aria-describedby={problem ? 'name-problem' : undefined}
        onChange={(event) => onName(event.target.value)}
      />
      {problem && <Sentence id="name-problem" problem={problem} />}
    </div>
  );
}

/** What is wrong with no single field: the folder as a whole, the service, the connection. */
function General({ problems }: { problems: readonly Problem[] }) {
  const general = problems.filter(({ field }) => field !== 'name' && !field.startsWith('files['));
  return (
    <div role="alert">
      {general.map((problem) => (
        <Sentence key={problem.message} problem={problem} />
      ))}
    </div>
  );
}

function Sentence({ problem, id }: { problem: Problem; id?: string }) {
  return (
    <p id={id} className={styles.problem}>
      <b>{problem.message}</b> {problem.remedy}
    </p>
  );
}
