/** Sessions and evaluations in scratch folders, without the program around them. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { loadConfig } from '../../src/app/config.ts';
import type { Assignment } from '../../src/app/config-file.ts';
import { Evaluation } from '../../src/app/evaluation.ts';
import { Session } from '../../src/app/session.ts';
import { fromUnicode, toUnicode } from '../../src/base/bytes.ts';
import type { Event } from '../../src/base/events.ts';
import { removeTree } from '../../src/store/index.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) removeTree(folder);
});

/** A folder that is gone after the tests of a file. */
export function scratch(): string {
  const folder = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'app-'));
  folders.push(folder);
  return folder;
}

export interface Opened {
  readonly session: Session;
  readonly evaluation: Evaluation;
  readonly events: Event[];
  /** The value of an expression, as JSON has it. */
  json(expression: string): Promise<unknown>;
}

/** An evaluation in `folder`; its store is in there too, unless settings say otherwise. */
export function open(folder: string, settings: Readonly<Record<string, string>> = {}): Opened {
  const all = { store: join(folder, 'root'), ...settings };
  const flags: Assignment[] = Object.entries(all).map(([name, value]) => ({ name, value, origin: 'test' }));
  const env = { HOME: folder, XDG_CACHE_HOME: join(folder, 'cache'), PATH: process.env['PATH'] };
  const events: Event[] = [];
  const session = new Session({
    config: loadConfig(env, folder, flags),
    env,
    cwd: folder,
    sink: { emit: (event) => void events.push(event) },
    signal: new AbortController().signal,
  });
  const evaluation = new Evaluation(session);
  const { evaluator } = evaluation;
  const json = async (expression: string): Promise<unknown> => {
    const value = await evaluation.run(() => evaluator.evalText(fromUnicode(expression), folder));
    const { text } = await evaluation.run(() => evaluator.toJson(value));
    return JSON.parse(toUnicode(text)) as unknown;
  };
  return { session, evaluation, events, json };
}
