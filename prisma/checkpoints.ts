export { readCheckpoint } from './checkpoints/read.ts';
export type { CheckpointFault, CheckpointKind, ManifestFile, NamedCheckpoint } from './checkpoints/rows.ts';
