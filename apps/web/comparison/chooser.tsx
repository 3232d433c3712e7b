import { shortHash } from '../figure/format.ts';
import styles from './comparison.module.css';
import type { Side } from './request.ts';

/** The evaluations of one list of the board. */
export interface Choice {
  /** Its protocol, or what the list is called. */
  readonly list: string;
  readonly sides: readonly Side[];
}

/** Two lists to choose from; a plain form, so that the address holds the choice and no script is needed. */
export function Chooser({
  choices,
  left,
  right,
}: {
  choices: readonly Choice[];
  left: string | null;
  right: string | null;
}) {
  return (
    <form action="/compare" className={`panel ${styles.chooser}`}>
      <Select name="left" title="A" choices={choices} chosen={left} />
      <Select name="right" title="B" choices={choices} chosen={right} />
      <button type="submit" className="button primary">
        Compare
      </button>
    </form>
  );
}

function Select({
  name,
  title,
  choices,
  chosen,
}: {
  name: string;
  title: string;
  choices: readonly Choice[];
  chosen: string | null;
}) {
  return (
    <div>
      <label htmlFor={name}>{title}</label>
      <select id={name} name={name} defaultValue={chosen ?? ''} required>
        <option value="" disabled>
          Choose a checkpoint
        </option>
        {choices.map(({ list, sides }) => (
          <optgroup key={list} label={list}>
            {sides.map(({ id, checkpoint }) => (
              <option key={id} value={id}>
                {checkpoint.name} · {shortHash(checkpoint.sha256)}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </div>
  );
}
