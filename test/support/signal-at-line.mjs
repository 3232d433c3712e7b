// Preloaded by tests (--import): sends this process a signal while it writes the n-th line of a draft, which no test could
// hit from outside. TEST_SIGNAL = "<signal> <n>"; SIGKILL comes in the middle of the line.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const [signal, at] = (process.env.TEST_SIGNAL ?? '').split(' ');
const { writeSync } = fs;
let lines = 0;
fs.writeSync = (handle, bytes, ...rest) => {
  const isLine = bytes instanceof Uint8Array && bytes.at(-1) === 10 && String(bytes.subarray(0, 11)) === '{"example":';
  if (!isLine || ++lines !== Number(at)) return writeSync(handle, bytes, ...rest);
  if (signal === 'SIGKILL') writeSync(handle, bytes.subarray(0, bytes.length / 2));
  process.kill(process.pid, signal);
  return writeSync(handle, bytes, ...rest);
};
syncBuiltinESMExports();
