/** Runs the attempts, all in one build. */
import * as fs from 'node:fs';
import type { Scratch } from '../support.ts';
import { attempts } from './attempts.ts';

/** What there is outside to get at. */
export interface Outside {
  readonly pid: number;
  readonly port: number;
  readonly address: string;
}

/** One line for each attempt, which says how it ended. */
export async function runAttempts(scratch: Scratch, outside: Outside): Promise<string[]> {
  const input = scratch.store.addText('input', 'as it was\n', []);
  const secret = scratch.store.addText('secret', 'secret\n', []);
  const verdicts = attempts
    .map(({ tries, by }) => `cd $(mktemp -d); echo "tries ${tries}"; if (${by}); then echo ESCAPED; else echo held; fi`)
    .join('\n');
  const drvPath = scratch.derivation({
    name: 'escape',
    sources: [input],
    env: {
      input,
      // The text of a path alone is no reference: it is put together by the builder.
      secretParts: [...secret].join(' '),
      outer: String(outside.pid),
      port: String(outside.port),
      address: outside.address,
      verdicts,
      passAsFile: 'verdicts',
    },
    script: 'secret=$(echo $secretParts | tr -d " ") sh $verdictsPath > $out 2>log; cat $out log',
  });
  const lines = fs.readFileSync(await scratch.out(drvPath), 'utf8').split('\n');
  if (fs.readFileSync(scratch.store.realPath(input), 'utf8') !== 'as it was\n')
    lines.unshift('tries the input: ESCAPED');
  return attempts.map(({ tries }) => {
    const at = lines.indexOf(`tries ${tries}`);
    const verdict = lines
      .slice(at + 1)
      .find((line) => line === 'ESCAPED' || line === 'held' || line.startsWith('tries '));
    return `${tries}: ${at < 0 ? 'not run' : verdict}`;
  });
}
