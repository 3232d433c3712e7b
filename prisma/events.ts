export type { DatabaseEvent } from './events/channel.ts';
export { listen } from './events/listen.ts';
