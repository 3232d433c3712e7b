import styles from './board.module.css';
import { type Offer, toggledGroup, type View } from './view.ts';

/** Chooses the groups of columns; none chosen is what the board shows at first. */
export function GroupChips({
  view,
  offer,
  shown,
  total,
  onView,
}: {
  view: View;
  offer: Offer;
  shown: number;
  total: number;
  onView: (view: View) => void;
}) {
  return (
    <fieldset className={styles.chips} aria-label="Columns">
      {offer.first === 'overview' && (
        <Chip pressed={view.show === 'overview'} onPress={() => onView({ ...view, show: 'overview' })}>
          Overview
        </Chip>
      )}
      <Chip pressed={view.show === 'all'} onPress={() => onView({ ...view, show: 'all' })}>
        All
      </Chip>
      {offer.groups.map((group) => (
        <Chip
          key={group}
          pressed={typeof view.show !== 'string' && view.show.includes(group)}
          onPress={() => onView(toggledGroup(view, group, offer))}
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
