import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileStore } from '@tus/file-store';
import { ERRORS, Upload } from '@tus/server';

/** A tus answer: status and one sentence. Thrown, for that is how the library takes them. */
export interface Refusal {
  readonly status_code: number;
  readonly body: string;
}

export function refuse(status_code: number, sentence: string): Refusal {
  return { status_code, body: `${sentence}\n` };
}

export function isRefusal(error: unknown): error is Refusal {
  return typeof error === 'object' && error !== null && 'status_code' in error && 'body' in error;
}

/**
 * Bytes on their way, a file for each upload, named by the manifest line's id. Only creating and resuming are offered:
 * lengths are known from the manifest, and nobody but us ends an upload.
 */
export class UploadStore extends FileStore {
  readonly #sizeIfStored: (id: string) => Promise<number | null>;

  /** `sizeIfStored` gives the size of a file that the service holds already, null for any other. */
  constructor(directory: string, sizeIfStored: (id: string) => Promise<number | null>) {
    super({ directory });
    this.extensions = ['creation', 'creation-with-upload'];
    this.#sizeIfStored = sizeIfStored;
  }

  path(id: string): string {
    return join(this.directory, id);
  }

  /** Never truncates what has arrived: a second creation is a conflict, answered with how to go on. */
  override async create(upload: Upload): Promise<Upload> {
    try {
      await writeFile(this.path(upload.id), '', { flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      // without its description the file is what a crash between the two writes left, and empty
      if (await this.configstore.get(upload.id))
        throw refuse(409, 'This upload exists already: ask for its offset with HEAD and go on from there.');
    }
    await this.configstore.set(upload.id, upload);
    return upload;
  }

  /** A file that is stored for good has no upload any more, and shows as one that is complete. */
  override async getUpload(id: string): Promise<Upload> {
    try {
      return await super.getUpload(id);
    } catch (error) {
      if (error !== ERRORS.FILE_NOT_FOUND && error !== ERRORS.FILE_NO_LONGER_EXISTS) throw error;
      const size = await this.#sizeIfStored(id);
      if (size === null) throw ERRORS.FILE_NOT_FOUND;
      return new Upload({ id, size, offset: size });
    }
  }
}
