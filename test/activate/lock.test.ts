/** Two switches at once: the second is refused and told who is at it, or waits. */
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { switchTo } from '../../src/activate/index.ts';
import { start } from '../../src/base/process.ts';
import { makeSystem, scratchMachine } from './support.ts';

const child = new URL('lock-child.ts', import.meta.url).pathname;

test('a second switch is refused with the name of the first, or waits for it', async () => {
  const messages: string[] = [];
  const sink = { emit: (event: { type: string }) => messages.push(JSON.stringify(event)) };
  const { root, store, machine } = scratchMachine({ sink });
  const [first, second] = ['one', 'two'].map((text) => makeSystem(store, { name: text, files: { '/etc/a': text } }));
  const other = start(process.execPath, [child, root, first!], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(other.stdout!, 'data');

  await expect(switchTo(machine, second!)).rejects.toMatchObject({
    code: 'activate/locked',
    message: expect.stringContaining('is being switched by somebody (pid 4711), switch, since 2'),
    hint: 'wait for it with --wait',
  });
  const waiting = switchTo(machine, second!, { wait: true });
  expect(messages.join()).toContain('waiting for somebody (pid 4711)');
  other.stdin!.end();
  expect(await waiting).toMatchObject({ outcome: 'switched', generation: 2 });
  expect(machine.generations.get(1).system).toBe(first);
});

test('a wait can be given up', async () => {
  const { root, store, machine } = scratchMachine();
  const system = makeSystem(store, { files: { '/etc/a': 'a' } });
  const other = start(process.execPath, [child, root, system], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(other.stdout!, 'data');
  await expect(switchTo(machine, system, { wait: true, signal: AbortSignal.timeout(50) })).rejects.toThrow(
    /abort|timeout/i,
  );
  other.stdin!.end();
  await once(other, 'close');
});
