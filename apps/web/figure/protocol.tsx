import { isBoardProtocol } from '@gdbench/benchmark/protocol';
import styles from './figure.module.css';

/** Names a protocol that is not the board's own, so that its figures are not taken for the board's. */
export function ProtocolBadge({ protocol }: { protocol: string | null | undefined }) {
  if (protocol == null || isBoardProtocol(protocol)) return null;
  return <span className={styles.badge}>{protocol}</span>;
}
