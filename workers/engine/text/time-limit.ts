import vm from 'node:vm';

const context = vm.createContext({ work: undefined });
const script = new vm.Script('work()');

/**
 * Runs work that may never end of itself, such as a pattern out of an uploaded file. The engine's own loops cannot be stopped from
 * outside, but V8 can end a regular expression that goes on trying.
 *
 * @returns null when the work was not done after `ms` milliseconds.
 * @throws what the work throws.
 */
export function withinTime<T>(ms: number, work: () => T): { readonly value: T } | null {
  context.work = () => ({ value: work() });
  try {
    return script.runInContext(context, { timeout: ms }) as { value: T };
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return null;
    throw error;
  } finally {
    context.work = undefined;
  }
}
