import { folderCalled } from '@gdbench/storage/remedy';
import { expect, test } from 'vitest';
import { barredFault } from './barred.ts';

const of = (path: string) => barredFault({ path, why: 'special' }, '/models/one', folderCalled('/models/one'));

test('a pipe is removed by a command that names it', () => {
  expect(of('my model').remedyParts).toEqual([{ words: 'remove it: ' }, { command: "rm -r '/models/one/my model'" }]);
});

test.each(['my\tmodel', 'my\nmodel', 'a\u202eb'])('no command names what cannot be shown as it stands: %j', (path) => {
  expect(of(path).remedyParts).toEqual([{ words: 'remove it' }]);
});
