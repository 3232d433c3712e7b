import { EDITIONS } from '@gdbench/benchmark/known-editions';
import { TASK_NAMES } from '@gdbench/benchmark/task';
import { expect, it } from 'vitest';
import { DATA_VERSIONS, SET_NAME, SET_VERSION } from './version.ts';

it('the list of editions states this set, by the same data versions', () => {
  const own = EDITIONS.find(({ name }) => name === `${SET_NAME} ${SET_VERSION}`);
  const versions = TASK_NAMES.map((task) => [task, own?.tasks[task]?.dataVersion]);
  expect(Object.fromEntries(versions)).toEqual(DATA_VERSIONS);
});
