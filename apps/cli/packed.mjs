#!/usr/bin/env node
// What `gdbench` is in a package: there is no checkout into which a Node could be fetched.
import { isSupported, oldestSupported } from '@gdbench/launcher/node';

if (isSupported(process.versions.node)) await import('./gdbench.js');
else {
  const own = process.versions.node;
  console.error(`gdbench needs Node ${oldestSupported} or newer, and this is Node ${own}: install a newer one.`);
  process.exitCode = 1;
}
