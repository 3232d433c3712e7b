import type { RemedyPart } from '@gdbench/storage/remedy';
import { CopyButton } from './copy-button.tsx';
import { NamesInCode } from './names-in-code.tsx';
import styles from './submission.module.css';

/** What mends a fault: a sentence with its commands in their places, to be copied; one that ends it stands on lines of its own. */
export function Remedy({ parts }: { parts: readonly RemedyPart[] }) {
  const last = parts.at(-1);
  const closing = last && 'command' in last ? last.command : null;
  const sentence = closing === null ? parts : parts.slice(0, -1);
  return (
    <div className={styles.remedy}>
      {sentence.length > 0 && (
        <p>
          {sentence.map((part, i) =>
            'command' in part ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one remedy never change places
              <InLine key={i} command={part.command} />
            ) : (
              // biome-ignore lint/suspicious/noArrayIndexKey: as above
              <NamesInCode key={i} text={i === 0 ? capitalised(part.words) : part.words} />
            ),
          )}
          {closing === null && '.'}
        </p>
      )}
      {closing !== null && (
        <div className={styles.command}>
          <code>{closing}</code>
          <CopyButton text={() => closing}>Copy</CopyButton>
        </div>
      )}
    </div>
  );
}

function InLine({ command }: { command: string }) {
  return (
    <span className={styles.inline}>
      <code>{command}</code>{' '}
      <CopyButton text={() => command} small>
        Copy
      </CopyButton>
    </span>
  );
}

const capitalised = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
