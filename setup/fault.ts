import { SettingsFault } from '@gdbench/settings/fault';

/** A fault the person at the terminal can mend: its message is one sentence and all that is shown. */
export class SetupFault extends Error {}

/** The sentence for any error that stopped set-up. */
export function sentence(error: unknown): string {
  if (error instanceof SetupFault || error instanceof SettingsFault) return error.message;
  const fault = error as NodeJS.ErrnoException;
  if (fault?.code === 'ENOSPC') return 'The disk is full: free some space and run the command again.';
  if (fault?.code === 'EACCES')
    return `${fault.path ?? 'A file'} may not be written by this user: change its owner or set GDBENCH_HOME.`;
  return fault?.message?.split('\n')[0] ?? String(error);
}
