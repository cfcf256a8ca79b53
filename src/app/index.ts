/**
 * The door of the composition root. What a front end needs to begin with is here at once; an operation is loaded,
 * and with it the rooms that it needs, only when it is asked for: `(await operations.build()).build(…)`.
 */

export type { RunReport, SwitchReport } from '../activate/index.ts';
export type { Problem as StoreProblem, Repair as StoreRepair } from '../store/index.ts';
export type { BuildCounts } from './build-outputs.ts';
export { type Config, loadConfig } from './config.ts';
export type { Assignment } from './config-file.ts';
export { diagnosticOf } from './diagnose.ts';
export { AppError, type AppErrorCode } from './errors.ts';
export { version } from './installation.ts';
export type { MachineOptions } from './machine-session.ts';
export type { Observation } from './observation.ts';
export type { BuildPreview } from './operations/build.ts';
export type { FormattedFile } from './operations/format.ts';
export type { RunSummary } from './operations/generations.ts';
export type { MachineStatus } from './operations/machine-state.ts';
export type { OptionDetail, OptionSummary } from './operations/options.ts';
export type { MachineMap } from './operations/realms.ts';
export type { OpenRepl } from './operations/repl.ts';
export type { SettingReport } from './operations/show-config.ts';
export type { Relation } from './operations/store.ts';
export type { SwitchSummary } from './operations/switch.ts';
export { type ProfileFormat, profileFormats } from './profile-formats.ts';
export type { SessionOptions } from './session.ts';
export { parseSize } from './setting-types.ts';
export { definitionOf, isSettingName, type SettingName, type Settings, settingNames } from './settings.ts';
export type { Argument, ExpressionSource, Subject } from './subject.ts';
export type { RunVerb } from './supervise/run-request.ts';

export const operations = {
  evaluate: () => import('./operations/evaluate.ts'),
  instantiate: () => import('./operations/instantiate.ts'),
  build: () => import('./operations/build.ts'),
  develop: () => import('./operations/develop.ts'),
  switch: () => import('./operations/switch.ts'),
  generations: () => import('./operations/generations.ts'),
  machineState: () => import('./operations/machine-state.ts'),
  realms: () => import('./operations/realms.ts'),
  supervise: () => import('./operations/supervise.ts'),
  store: () => import('./operations/store.ts'),
  transfer: () => import('./operations/transfer.ts'),
  log: () => import('./operations/log.ts'),
  enter: () => import('./operations/enter.ts'),
  options: () => import('./operations/options.ts'),
  parse: () => import('./operations/parse.ts'),
  repl: () => import('./operations/repl.ts'),
  format: () => import('./operations/format.ts'),
  observe: () => import('./observation.ts'),
  lockDebian: () => import('./operations/lock-debian.ts'),
  pinDebian: () => import('./operations/pin-debian.ts'),
  showConfig: () => import('./operations/show-config.ts'),
} as const;
