import { bytes } from '../figure/format.ts';
import type { Folder } from './folder.ts';
import { fileOf, type Problem } from './machine.ts';
import styles from './submit.module.css';

/** More rows than this are no help to anybody; the rest is counted. */
const MOST_ROWS = 200;

/** Every file that will be sent, with what is wrong with it beside it. */
export function FolderList({ folder, problems }: { folder: Folder; problems: readonly Problem[] }) {
  const wrong = new Map(problems.map((problem) => [fileOf(problem), problem]));
  const rows = folder.files
    .map((entry, index) => ({ ...entry, problem: wrong.get(index) }))
    .filter(({ problem }, index) => problem || index < MOST_ROWS);
  return (
    <section className="panel">
      <h2>Files</h2>
      <table className={styles.files} aria-label="Files">
        <thead className="hidden">
          <tr>
            <th scope="col">Path</th>
            <th scope="col">Size</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ path, file, problem }) => (
            <tr key={path}>
              <th scope="row">
                <span className="mono">{path}</span>
                {problem && (
                  <span className={styles.problem}>
                    <b>{problem.message}</b> {problem.remedy}
                  </span>
                )}
              </th>
              <td>{bytes(file.size)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length < folder.files.length && <p className="muted">And {folder.files.length - rows.length} more.</p>}
      {folder.inside !== '' && (
        <p className={`muted ${styles.leftOut}`}>
          The checkpoint is in the folder <span className="mono">{folder.inside}</span>; its files are sent.
        </p>
      )}
      {folder.leftOut.length > 0 && (
        <p className={`muted ${styles.leftOut}`}>
          Left out, since no checkpoint needs {folder.leftOut.length === 1 ? 'it' : 'them'}:{' '}
          {folder.leftOut.slice(0, 6).join(', ')}
          {folder.leftOut.length > 6 && ` and ${folder.leftOut.length - 6} more`}.
        </p>
      )}
    </section>
  );
}
