/** The door of the activate room: from a built system to a machine that is it, and back. */
export { type BackupRecord, Backups } from './backups.ts';
export { compareGenerations, compareSystems } from './compare.ts';
export { describeDiff, describePlan, describeUnit } from './describe.ts';
export { type EnterRequest, type EnterSpec, enterSpec } from './enter.ts';
export { ActivateError, type ActivateErrorCode } from './errors.ts';
export type { FileChange, InnerChange, SizedPath, SystemDiff } from './generation-diff.ts';
export type { Generation, GenerationRecord } from './generations.ts';
export { abortAll, type BootRecovery, type GivenUp, recoverAtBoot, recoverMachine } from './give-up.ts';
export type { Interrupted } from './journal.ts';
export { currentSystemPath, type MachineLayout, machineLayout } from './layout.ts';
export { confirm, type Unconfirmed, unconfirmed } from './live/confirm.ts';
export { interruptedSwitch, type Machine, type MachineOptions, openMachine } from './machine.ts';
export { isLocked, lockHolder } from './machine-lock.ts';
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
export { doesNothing, type Outcome, type SwitchOptions, type SwitchReport } from './perform.ts';
export type { Phase } from './phase.ts';
export { parsePlan } from './plan-file.ts';
export {
  type Check,
  changesAnything,
  type Step,
  type StepAction,
  type StepReason,
  type SwitchPlan,
} from './plan-values.ts';
export * from './realms/index.ts';
export { listReports, type ReportLine, type RunReport, readReport } from './reports.ts';
export {
  applyPlan,
  explainUnit,
  planRollback,
  planSwitchTo,
  rollback,
  stageForBoot,
  switchTo,
  tryOut,
} from './switch.ts';
export type { Recovery } from './switch-apply.ts';
export { readManifest, type SystemStore } from './system-store.ts';
export type { TextDiff } from './text-diff.ts';
export type { ServiceManager } from './units/service-manager.ts';
export { isSystemdBooted, Systemd } from './units/systemd.ts';
export type { Decision } from './units/unit-decide.ts';
export type { UnitStep } from './units/unit-values.ts';
