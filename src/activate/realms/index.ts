/** What the realms offer to the rest of the activate room, and through its door to everybody else. */
export { type Budgets, defaultBudgets, readBudgets, type Threat } from './budget/budgets.ts';
export { guardSpace, measureSpace, Reserve, threatsOf } from './budget/guard.ts';
export { PhaseTime } from './budget/phase-time.ts';
export { type LiveGeneration, type RealmContext, type RealmMachine, realmContext } from './context.ts';
export type { ConvergeReport, EngineOptions, ResourceResult, TriggerResult } from './converge/engine.ts';
export { type Facts, gatherFacts } from './converge/facts.ts';
export { convergeMachine } from './converge/machine-converge.ts';
export { resourcesOfManifest } from './converge/manifest-resources.ts';
export type { Aspect, Deviation, SubjectType, Verdict } from './deviation.ts';
export { describeConverge, describeDrift } from './drift/describe.ts';
export { hostThings } from './drift/host-things.ts';
export { type DriftOptions, type DriftReport, machineDrift, readInventory } from './drift/machine-drift.ts';
export { type RunProgram, runHere } from './drift/programs.ts';
export type { Thing } from './drift/thing.ts';
export type { Change, ChangeKind, JournalEntry, JournalProblem, JournalReading } from './journal/chain.ts';
export { type Author, ChangeJournal, recordChange } from './journal/change-journal.ts';
export { describeOwner, type MapRealm, mapRealms, type Owner } from './map/claims.ts';
export { describeExplanation, type Explanation, explainPath } from './map/explain.ts';
export { surveyMachine } from './map/machine-map.ts';
export type { FolderShares, Share, Shares } from './map/tally.ts';
export { percent, treemapSvg } from './map/treemap.ts';
export {
  armTimer,
  beginOverride,
  disarmTimer,
  endOverride,
  endOverridesThatAreOver,
  type OverrideRequest,
} from './overrides/machine-overrides.ts';
export {
  activeOverrides,
  coveredBy,
  describeOverride,
  type Override,
  parseDuration,
  parseTarget,
} from './overrides/overrides.ts';
export { promoteOverride } from './overrides/promote.ts';
