export { readScores } from './scores/read.ts';
export { type ArtifactRow, readArtifacts } from './scores/read-artifacts.ts';
