import { percent, points, pValue, signedPoints } from '@gdbench/benchmark/figures';
import { FigureTable, Scroll } from '../figure/figure-table.tsx';
import { count } from '../figure/format.ts';
import { Glyph } from '../figure/kind.tsx';
import { DifferenceTrack } from '../figure/track.tsx';
import styles from './comparison.module.css';
import { betterSide, edgeOf, type Finding } from './findings.ts';
import type { Side } from './request.ts';

/** The findings of a comparison, a row each, drawn on one scale. */
export function FindingsTable({
  label,
  findings,
  left,
  right,
  edge = edgeOf(findings),
}: {
  label: string;
  findings: readonly Finding[];
  left: Side;
  right: Side;
  /** Where the scale of the differences ends. */
  edge?: number;
}) {
  return (
    <Scroll label={label} className={styles.scroll}>
      <FigureTable className={styles.table} aria-label={label}>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <SideHead letter="A" side={left} />
            <SideHead letter="B" side={right} />
            <th scope="col" className={styles.difference}>
              <span className={styles.spread}>
                <span className={styles.figures}>
                  A − B<span className={styles.wide}>, points</span>
                </span>
                <span className={styles.scale} aria-hidden="true">
                  <span>{points(-edge).replace('.0', '')}</span>
                  <span>0</span>
                  <span>+{points(edge).replace('.0', '')}</span>
                </span>
              </span>
            </th>
            <th scope="col">
              p<span className={styles.wide}>, Holm</span>
            </th>
            <th scope="col" className={styles.wide}>
              Only A, only B right
            </th>
            <th scope="col" className={styles.wide}>
              Examples
            </th>
          </tr>
        </thead>
        <tbody>
          {findings.map((finding) => (
            <Row key={finding.id} finding={finding} edge={edge} />
          ))}
        </tbody>
      </FigureTable>
    </Scroll>
  );
}

function Row({ finding, edge }: { finding: Finding; edge: number }) {
  const { title, aside, a, b, difference, low, high, corrected, n, onlyA, onlyB } = finding;
  const side = betterSide(finding);
  if (difference == null)
    return (
      <tr>
        <MetricName title={title} aside={aside} />
        <td colSpan={6} className={styles.quiet}>
          no examples
        </td>
      </tr>
    );
  return (
    <tr className={side ? styles.found : undefined}>
      <MetricName title={title} aside={aside} />
      <td>{a == null ? '' : percent(a)}</td>
      <td>{b == null ? '' : percent(b)}</td>
      <td className={styles.difference}>
        <span className={styles.spread}>
          <span className={styles.figures}>
            <span className={styles.figure}>{signedPoints(difference)}</span>{' '}
            {low != null && high != null && (
              <small>
                [{points(low)}, {points(high)}]
              </small>
            )}
            <span className="hidden">{side ? `, ${side.toUpperCase()} is better` : ', no difference found'}</span>
          </span>
          <span className={styles.track}>
            <DifferenceTrack
              difference={difference}
              low={low ?? null}
              high={high ?? null}
              edge={edge}
              isFound={side !== null}
            />
          </span>
        </span>
      </td>
      <td>{corrected === null ? '' : pValue(corrected)}</td>
      <td className={styles.wide}>
        {count(onlyA)}, {count(onlyB)}
      </td>
      <td className={styles.wide}>{count(n)}</td>
    </tr>
  );
}

export function MetricName({ title, aside }: { title: string; aside: string }) {
  return (
    <th scope="row">
      {title} <small>{aside}</small>
    </th>
  );
}

/** The checkpoint's name; where that would not fit, its letter. */
function SideHead({ letter, side }: { letter: string; side: Side }) {
  return (
    <th scope="col">
      <Glyph kind={side.checkpoint.kind} /> <span aria-hidden="true">{letter}</span>
      <span className="hidden">{side.checkpoint.name}</span>
      <span className={styles.wide} aria-hidden="true">
        {' '}
        {side.checkpoint.name}
      </span>
    </th>
  );
}
