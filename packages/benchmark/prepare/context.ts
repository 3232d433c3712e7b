import type { ImageCheck } from '../load/images.ts';
import type { Contents } from './contents.ts';
import type { Finds } from './finds.ts';
import type { Scratch } from './scratch.ts';

/** What a set is prepared from, and with. */
export interface PrepareContext {
  readonly root: string;
  readonly finds: Finds;
  readonly contents: Contents;
  readonly scratch: Scratch;
  /** A decoder's verdict on an image on the disk. */
  readonly check: ImageCheck;
  /** SVO: the rows of another edition, of which alone this one may have rows. */
  readonly only: string | null;
  readonly onProgress: (what: string, done: number, total: number) => void;
}
