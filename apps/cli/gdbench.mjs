#!/usr/bin/env node
import { register } from './typescript.mjs';

register();
await import('./gdbench.ts');
