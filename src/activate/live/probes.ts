/** Asks a machine whether it is well: each probe is asked again until it succeeds or its time is over. */
import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Probe } from '../manifest.ts';
import { boundedRun } from '../units/bounded-run.ts';
import type { ServiceManager } from '../units/service-manager.ts';

/** Undefined when the probe succeeded in time, else what it said last. */
export type Prober = (probe: Probe) => Promise<string | undefined>;

/** Milliseconds between two tries. */
const pause = 200;

/** @param path where programs are looked for, as PATH has it */
export function proberOf(manager: ServiceManager, path: string): Prober {
  return async (probe) => {
    const end = performance.now() + probe.timeout * 1000;
    for (;;) {
      const left = Math.max(50, end - performance.now());
      const why = await ask(probe, left, manager, path).catch((error: unknown) =>
        error instanceof Error ? error.message : String(error),
      );
      if (why === undefined || performance.now() + pause >= end) return why;
      await sleep(pause);
    }
  };
}

function ask(probe: Probe, left: number, manager: ServiceManager, path: string): Promise<string | undefined> {
  switch (probe.kind) {
    case 'command':
      return askCommand(probe.target, left, path);
    case 'http':
      return askHttp(probe.target, left);
    case 'tcp':
      return askTcp(probe.target, left);
    case 'unit':
      return askUnit(probe.target, manager);
  }
}

async function askCommand(
  [program, ...args]: readonly string[],
  left: number,
  path: string,
): Promise<string | undefined> {
  const env = { ...process.env, PATH: path };
  const result = await boundedRun(program!, args, { seconds: left / 1000, env });
  if (result.status === 0) return undefined;
  if (result.timedOut) return 'it did not end in time';
  const said = result.stderr.trim().split('\n').at(-1);
  return `it ended with ${result.status}${said ? `: ${said}` : ''}`;
}

/** Any answer but an error, of the server or of ours, is a good one. */
function askHttp(url: string, left: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const send = url.startsWith('https:') ? secureRequest : request;
    const call = send(url, { timeout: left, agent: false }, (answer) => {
      answer.resume();
      const status = answer.statusCode ?? 0;
      resolve(status < 400 ? undefined : `it answered ${status}`);
    });
    call.on('timeout', () => call.destroy(new Error('it did not answer in time')));
    call.on('error', (error) => resolve(error.message));
    call.end();
  });
}

function askTcp(target: string, left: number): Promise<string | undefined> {
  const colon = target.lastIndexOf(':');
  const host = target.slice(0, colon).replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(target.slice(colon + 1)), timeout: left });
    const done = (why: string | undefined): void => {
      socket.destroy();
      resolve(why);
    };
    socket.on('connect', () => done(undefined));
    socket.on('timeout', () => done('nobody answered in time'));
    socket.on('error', (error) => done(error.message));
  });
}

async function askUnit(name: string, manager: ServiceManager): Promise<string | undefined> {
  const active = (await manager.live([name])).get(name)?.active ?? 'not loaded';
  return active === 'active' ? undefined : `it is ${active}`;
}
