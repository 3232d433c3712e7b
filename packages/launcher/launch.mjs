// Plain JavaScript without any dependency: it runs on an old Node, before anything is installed.
import { spawn } from 'node:child_process';
import module from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { fetchedNode, fetchNode, isSupported, oldestSupported, pathWith } from './node.mjs';

/** What is fetched where the machine's Node is too old. */
const MAJOR = 24;
const COMPILED = fileURLToPath(new URL('../../node_modules/.gdbench/compiled', import.meta.url));
const END_WITH_PARENT = new URL('end-with-parent.mjs', import.meta.url).href;
/** Sent to us, and passed on; a terminal's own reach only us, since what we run has a session of its own. */
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGWINCH'];

/**
 * Makes sure that a Node that imports TypeScript runs the script of this process: resolves at once where this one does.
 * Else the script is run again, with the same words, under one that was fetched for it; this process passes on signals,
 * messages and the exit code, and ends with it.
 *
 * @returns {Promise<void>}
 */
export async function underSupportedNode() {
  if (isSupported(process.versions.node)) {
    // what was compiled is kept: most commands would take longer to be read than to run
    module.enableCompileCache?.(COMPILED);
    process.env.NODE_COMPILE_CACHE ??= COMPILED;
    return;
  }
  const node = fetchedNode(MAJOR) ?? (await fetchTold());
  await runAgain(node.path);
}

/** Fetches, and says so on stderr: a command's own output stays what it is. */
async function fetchTold() {
  const own = process.versions.node;
  console.error(
    `GDBench needs Node ${oldestSupported} or newer, and this is Node ${own}: fetching Node ${MAJOR} into .node, once (some 190 MB) ...`,
  );
  const [interruption, end] = [new AbortController(), new Map()];
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    end.set(name, () => interruption.abort(name));
    process.on(name, end.get(name));
  }
  try {
    return await fetchNode(MAJOR, interruption.signal);
  } catch (error) {
    const signal = interruption.signal.reason;
    if (signal) process.exit(128 + constants.signals[signal]);
    console.error(
      `Node ${MAJOR} could not be fetched (the npm package \`node\`: ${error.message}): install Node ${oldestSupported} or newer, or see to that, and run the command again.`,
    );
    process.exit(1);
  } finally {
    for (const [name, listener] of end) process.off(name, listener);
  }
}

/** Never resolves: this process ends as the other does. */
function runAgain(path) {
  const env = { ...process.env, ...pathWith(path), NODE: path, npm_node_execpath: path };
  const child = spawn(path, ['--import', END_WITH_PARENT, ...process.execArgv, ...process.argv.slice(1)], {
    env,
    // a session of its own: a signal to the group, such as Ctrl-C at a terminal, reaches it once, through us
    detached: process.platform !== 'win32',
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of PASSED_ON) process.on(signal, () => child.kill(signal));
  stopTogether(child);
  child.on('message', (message) => process.send?.(message));
  process.on('message', (message) => child.send(message, () => undefined));
  child.on('error', (error) => {
    console.error(`${path} could not be run: ${error.message}.`);
    process.exit(1);
  });
  return new Promise(() => {
    child.on('exit', (code, signal) => {
      if (signal === null) process.exit(code);
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    });
  });
}

/** Ctrl-Z stops both, and `fg` goes on with both. */
function stopTogether(child) {
  if (process.platform === 'win32') return;
  process.on('SIGTSTP', () => {
    child.kill('SIGSTOP');
    process.kill(process.pid, 'SIGSTOP');
  });
  process.on('SIGCONT', () => child.kill('SIGCONT'));
}
