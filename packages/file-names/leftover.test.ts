import { expect, it } from 'vitest';
import { isLeftover, isLitter } from './leftover.ts';

it('what systems and programs leave behind is told by its name', () => {
  for (const name of ['.DS_Store', '._1.jpg', '__MACOSX', 'Thumbs.db', 'desktop.ini', '@eaDir', '__pycache__'])
    expect([name, isLitter(name), isLeftover(name)]).toEqual([name, true, true]);
  for (const name of ['a.jpg.part', 'b.jpg.crdownload', 'data.json~', 'images.zip.partial'])
    expect([name, isLitter(name), isLeftover(name)]).toEqual([name, false, true]);
  for (const name of ['1.jpg', 'Muslim', 'thumbs.jpg', 'MACOSX', 'data.json', 'part', '.', '..'])
    expect([name, isLeftover(name)]).toEqual([name, false]);
});
