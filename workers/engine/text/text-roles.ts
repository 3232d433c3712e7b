import type { Role } from '../checkpoint/ports.ts';

/** What a text encoder may ask for. */
export const TEXT_ROLES = {
  input_ids: { values: 'integer', rank: [2], alias: 'text' },
  attention_mask: { values: 'number', rank: [2], optional: true },
  position_ids: { values: 'integer', rank: [2], optional: true },
  token_type_ids: { values: 'integer', rank: [2], optional: true },
} as const satisfies Record<string, Role>;
export type TextRole = keyof typeof TEXT_ROLES;
