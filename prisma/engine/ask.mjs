import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./schema-engine.mjs', import.meta.url));

/** The schema engine refused; `code` is one of Prisma's (P3009: an earlier migration failed) or PostgreSQL's, null where it has none. */
export class EngineFault extends Error {
  /**
   * @param {string} message in the engine's own words, or in PostgreSQL's
   * @param {string | null} code
   */
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

/**
 * Asks the schema engine, in a process of its own, for one thing of its protocol.
 *
 * @param {string} url of the database
 * @param {string} method e.g. applyMigrations
 * @param {object} params what the method takes
 * @returns {Promise<unknown>} its result
 * @throws {EngineFault}
 */
export function askEngine(url, method, params) {
  const child = spawn(process.execPath, [program, '--datasource', JSON.stringify({ url })], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let answers = '';
  let said = '';
  child.stdout.on('data', (chunk) => {
    answers += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  child.stdin.on('error', () => undefined); // it has ended, which `close` tells
  child.stdin.end(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: [params] })}\n`);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const answer = answers
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line))
        .find(({ id }) => id === 1);
      if (!answer) reject(new EngineFault(`the schema engine ended with ${code} and no answer: ${said}`, null));
      else if (answer.error) reject(faultOf(answer.error.data));
      else resolve(answer.result);
    });
  });
}

/** @param {{ message: string, error_code: string | null, script_fault: { message: string, code: string | null } | null }} data */
function faultOf({ message, error_code, script_fault }) {
  if (error_code === null && script_fault !== null) return new EngineFault(script_fault.message, script_fault.code);
  return new EngineFault(message, error_code);
}
