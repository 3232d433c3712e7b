#!/usr/bin/env node
import 'tsx/esm';

await import('./gdbench.ts');
