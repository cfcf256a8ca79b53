/**
 * Run inside a machine: makes two systems of 200 units and 2,000 entries of /etc that differ in one line, and prints their
 * paths as JSON.
 */
import { openLocalStore } from '../../src/store/index.ts';
import { makeSystem, type SystemSpec } from '../../test/activate/make-system.ts';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

const spec = (line: string): SystemSpec => ({
  name: `large-${line}`,
  files: {
    ...Object.fromEntries(numbers(2000).map((n) => [`/etc/large/${n % 50}/file-${n}`, `entry ${n}\n`.repeat(20)])),
    '/etc/large/one-line': `${line}\n`,
  },
  units: Object.fromEntries(
    numbers(200).map((n) => [
      `large-${n}.service`,
      `[Unit]\nDescription=Number ${n}\n${n === 7 ? `X-Restart-Triggers=${line}\n` : ''}[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n`,
    ]),
  ),
  wanted: numbers(200).map((n) => `multi-user.target/large-${n}.service`),
});

const store = openLocalStore({ physicalRoot: '' });
process.stdout.write(JSON.stringify([spec('one'), spec('two')].map((one) => makeSystem(store, one))));
store.close();
