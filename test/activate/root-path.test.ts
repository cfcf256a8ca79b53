/** Places on a machine: links are followed as the machine itself would, and never out of its root. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RootPaths } from '../../src/activate/root-path.ts';
import { putByHand, scratchFolder } from './support.ts';

function machine(): string {
  const root = scratchFolder();
  fs.mkdirSync(join(root, 'usr/bin'), { recursive: true });
  fs.mkdirSync(join(root, 'etc'));
  putByHand(root, {
    '/bin': { link: 'usr/bin' },
    '/abs': { link: '/usr/bin' },
    '/up': { link: '../../../../../etc' },
    '/two': { link: '/abs/../bin' },
    '/usr/self': { link: '.' },
    '/dangling': { link: '/nowhere' },
    '/loop': { link: '/loop' },
    '/tofile': { link: '/etc/file' },
    '/etc/file': 'text',
  });
  return root;
}

test.each([
  ['/etc/x', { folder: '/etc', rest: ['x'] }],
  ['/bin/x', { folder: '/usr/bin', rest: ['x'] }],
  ['/abs/x', { folder: '/usr/bin', rest: ['x'] }],
  ['/two/x', { folder: '/usr/bin', rest: ['x'] }],
  ['/up/x', { folder: '/etc', rest: ['x'] }],
  ['/usr/self/self/bin/x', { folder: '/usr/bin', rest: ['x'] }],
  ['/new/deep/x', { folder: '', rest: ['new', 'deep', 'x'] }],
  ['/etc/file/x', { folder: '/etc', rest: ['file', 'x'] }],
  ['/dangling/x', { folder: '', rest: ['dangling', 'x'] }],
  ['/tofile/x', { folder: '', rest: ['tofile', 'x'] }],
  ['/loop/x', { folder: '', rest: ['loop', 'x'] }],
  ['/bin', { folder: '', rest: ['bin'] }],
])('%s', (path, place) => {
  expect(new RootPaths(machine()).placeOf(path)).toEqual(place);
});

test('links of our own are not followed', () => {
  expect(new RootPaths(machine(), new Set(['/abs'])).placeOf('/abs/x')).toEqual({ folder: '', rest: ['abs', 'x'] });
});
