import type { Device } from '../engine/models/session.ts';

/** The engine's devices, named here so that a worker need not load ONNX Runtime to know them. */
export const DEVICES = ['cpu', 'cuda', 'webgpu'] as const satisfies readonly Device[];
