// A thread has to be told of TypeScript by itself.
import { register } from 'tsx/esm/api';

register();
await import('./lane-thread.ts');
