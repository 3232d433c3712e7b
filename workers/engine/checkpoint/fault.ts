/** The checkpoint itself is at fault. The message is one sentence that names the file, says what is wrong and what to do. */
export class CheckpointFault extends Error {
  override readonly name = 'CheckpointFault';
  /** Path inside the checkpoint's folder, with forward slashes; empty for the folder as a whole. */
  readonly file: string;

  constructor(file: string, message: string) {
    super(message);
    this.file = file;
  }
}

/** The data set cannot be read: nothing about the checkpoint is wrong. */
export class DataFault extends Error {
  override readonly name = 'DataFault';
}

/** An image cannot be read. */
export class ImageFault extends DataFault {
  /** What is wrong with it, a phrase that does not name it. */
  readonly why: string;

  constructor(file: string, why: string) {
    super(`The image ${file} cannot be read: ${why}.`);
    this.why = why;
  }
}
