/** Settings of builds. */
import { expect, test } from 'vitest';
import { sandboxPathsOf } from '../../src/app/realise.ts';

test('paths that builds see: places, sources, and what may be missing', () => {
  expect(sandboxPathsOf(['/dev/kvm?', '/bin/sh=/opt/sh', '/opt', '/a=/b=c?'])).toEqual({
    '/dev/kvm': { source: '/dev/kvm', optional: true },
    '/bin/sh': { source: '/opt/sh', optional: false },
    '/opt': { source: '/opt', optional: false },
    '/a': { source: '/b=c', optional: true },
  });
});
