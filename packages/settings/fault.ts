/** Settings that cannot serve. The message is one sentence a line: which variable, what stands in it, what to give instead. */
export class SettingsFault extends Error {
  override readonly name = 'SettingsFault';
}
