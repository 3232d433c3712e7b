/** Where a model can run. The CPU takes the place of a device that is not there. */
export const DEVICES = ['cpu', 'cuda', 'webgpu'] as const;
export type Device = (typeof DEVICES)[number];
