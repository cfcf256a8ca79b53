/** A builder of our own: it runs in this process, reads inputs of the derivation and writes its outputs, no more. */

import { toUnicode } from '../../base/bytes.ts';
import type { Activity } from '../../base/events.ts';
import { type Derivation, isStorePath, type Json, type JsonObject, type StorePath } from '../../formats/index.ts';
import { BuildError } from '../errors.ts';
import type { Settings } from '../options.ts';

export interface BuiltinJob {
  readonly drvPath: StorePath;
  readonly derivation: Derivation;
  /** Structured attributes, where the derivation has them. */
  readonly attributes: JsonObject | undefined;
  readonly storeDir: string;
  readonly settings: Pick<Settings, 'mirrors' | 'fetch'>;
  readonly signal: AbortSignal;
  readonly activity: Pick<Activity, 'progress'>;
  log(line: string): void;
  /** A folder to work in; removed afterwards. */
  readonly folder: string;
  /** Where an output is to be made. */
  outputPlace(outputName: string): string;
  /** Where an input is. */
  realPath(path: StorePath): string;
  isInput(path: StorePath): boolean;
}

export type BuiltinBuilder = (job: BuiltinJob) => Promise<void>;

/** An attribute as text; undefined when the derivation does not have it. */
export function attribute(job: BuiltinJob, name: string): string | undefined {
  if (job.attributes === undefined) return job.derivation.env.get(name);
  const value = job.attributes.get(name);
  return value === undefined ? undefined : textOf(value);
}

/** @throws BuildError `build/invalid-derivation` */
export function requiredAttribute(job: BuiltinJob, name: string): string {
  const value = attribute(job, name);
  if (value !== undefined && value !== '') return value;
  throw invalid(job, `needs the attribute '${name}'`);
}

/** A list of words. */
export function words(job: BuiltinJob, name: string): string[] {
  return (attribute(job, name) ?? '').split(/[ \t\n\r]+/).filter((word) => word !== '');
}

/** An attribute that names an input. @throws BuildError `build/invalid-derivation` */
export function inputAttribute(job: BuiltinJob, name: string): StorePath {
  const path = requiredAttribute(job, name);
  if (isStorePath(job.storeDir, path) && job.isInput(path)) return path;
  throw invalid(job, `has '${toUnicode(path)}' as its '${name}', which is none of its inputs`);
}

export function invalid(job: BuiltinJob, what: string): BuildError {
  return new BuildError('build/invalid-derivation', `'${job.drvPath}' (${job.derivation.builder}) ${what}`, {
    details: { drvPath: job.drvPath },
  });
}

function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? '1' : '';
  if (Array.isArray(value)) return value.map(textOf).join(' ');
  return '';
}
