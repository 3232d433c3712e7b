import Link from 'next/link';
import { Glyph } from '../figure/kind.tsx';
import { ProtocolBadge } from '../figure/protocol.tsx';
import styles from './comparison.module.css';
import type { Compared } from './findings.ts';
import type { Side } from './request.ts';

/** Who is compared: A and B, how each was scored, and what else differs than the checkpoint. */
export function Sides({ left, right, differences }: Pick<Compared, 'left' | 'right' | 'differences'>) {
  return (
    <>
      <dl className={styles.sides}>
        <SideLine letter="A" side={left} />
        <SideLine letter="B" side={right} />
      </dl>
      {differences.length > 0 && (
        <p className={styles.quiet}>
          Scored differently:{' '}
          {differences.map((one) => `${nameOf(one.setting)} ${one.left} and ${one.right}`).join(', ')}.
        </p>
      )}
    </>
  );
}

export function SideLine({ letter, side }: { letter?: string; side: Side }) {
  return (
    <div>
      {letter && <dt>{letter}</dt>}
      <dd>
        <Glyph kind={side.checkpoint.kind} />{' '}
        <Link href={`/submissions/${side.submissionId}`} prefetch={false}>
          {side.checkpoint.name}
        </Link>{' '}
        <ProtocolBadge protocol={side.protocol} />
        <span className={styles.quiet}>{budget(side)}</span>
      </dd>
    </div>
  );
}

const nameOf = (setting: string) => (setting === 'codeVersion' ? 'version of gdbench' : setting);

/** "diffusion-itm, 10 noise samples, seed 0" */
export function budget({ protocol, samples, seed, limit }: Side): string {
  const parts = [protocol ?? 'protocol not known'];
  if (samples != null) parts.push(`${samples} noise samples`, `seed ${seed}`);
  if (limit != null) parts.push(`the first ${limit} examples of each subtask or group`);
  return parts.join(', ');
}
