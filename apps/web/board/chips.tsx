import styles from './board.module.css';
import { toggledGroup, type View } from './view.ts';

/** Chooses the groups of columns; none chosen is all. */
export function GroupChips({
  view,
  groups,
  shown,
  total,
  onView,
}: {
  view: View;
  groups: readonly string[];
  shown: number;
  total: number;
  onView: (view: View) => void;
}) {
  return (
    <fieldset className={styles.chips} aria-label="Columns">
      <Chip pressed={view.groups === null} onPress={() => onView({ ...view, groups: null })}>
        All
      </Chip>
      {groups.map((group) => (
        <Chip
          key={group}
          pressed={view.groups?.includes(group) ?? false}
          onPress={() => onView(toggledGroup(view, group, groups))}
        >
          {group}
        </Chip>
      ))}
      <span className={`muted ${styles.count}`}>
        {shown === total ? `${total} columns` : `${shown} of ${total} columns`}
      </span>
    </fieldset>
  );
}

function Chip({ pressed, onPress, children }: { pressed: boolean; onPress: () => void; children: string }) {
  return (
    <button type="button" className={styles.chip} aria-pressed={pressed} onClick={onPress}>
      {children}
    </button>
  );
}
