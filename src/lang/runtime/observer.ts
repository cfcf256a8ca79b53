/** Somebody who is told what a program does while it runs. Without one nothing is told, and telling costs nothing. */
import type { Module } from './module.ts';
import type { Forced } from './value.ts';

export interface Observer {
  /** The helpers of generated code; some tell of themselves. */
  watch(helpers: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
  /** Runs the body of a function of a file. */
  call(module: Module, site: number, body: () => Forced): Forced;
  /** Runs a builtin. */
  builtin(name: string, body: () => Forced): Forced;
  /** Evaluates a file. */
  file(path: string, body: () => Forced): Forced;
}
