// A thread has to be told of TypeScript by itself.
import { register } from 'tsx/esm/api';

register();
export const { pair } = await import('./pairing-thread.ts');
