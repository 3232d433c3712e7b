export type { CheckpointFault, CheckpointKind, CheckpointRow, ManifestFile } from './checkpoints/rows.ts';
