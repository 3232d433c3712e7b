/** What was given cannot be prepared. The message is one sentence, or a phrase of one: what is wrong, where, what to do. */
export class PrepareFault extends Error {
  override readonly name = 'PrepareFault';
}
