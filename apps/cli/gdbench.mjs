#!/usr/bin/env node
import { underSupportedNode } from '@gdbench/launcher/launch';

await underSupportedNode();
await import('./gdbench.ts');
