/** The door of the activate room: from a built system to a machine that is it, and back. */
export { type BackupRecord, Backups } from './backups.ts';
export { compareGenerations, compareSystems } from './compare.ts';
export { describeDiff, describePlan } from './describe.ts';
export { type EnterRequest, type EnterSpec, enterSpec } from './enter.ts';
export { ActivateError, type ActivateErrorCode } from './errors.ts';
export type { FileChange, InnerChange, SizedPath, SystemDiff } from './generation-diff.ts';
export type { Generation, GenerationRecord } from './generations.ts';
export type { Interrupted } from './journal.ts';
export { currentSystemPath, type MachineLayout, machineLayout } from './layout.ts';
export { interruptedSwitch, type Machine, type MachineOptions, openMachine } from './machine.ts';
export type {
  ConvergeEntry,
  ConvergeKind,
  Declaration,
  DeclaredGroup,
  DeclaredUser,
  Manifest,
  ManifestFile,
  ManifestPackage,
  Probe,
  Realm,
  RealmRule,
  Specialisation,
  SwitchSettings,
} from './manifest.ts';
export type { Step, StepAction, StepReason, SwitchPlan } from './plan-values.ts';
export {
  planRollback,
  planSwitchTo,
  rollback,
  type SwitchOptions,
  type SwitchReport,
  switchTo,
} from './switch.ts';
export type { Phase, Recovery } from './switch-apply.ts';
export { readManifest, type SystemStore } from './system-store.ts';
export type { TextDiff } from './text-diff.ts';
