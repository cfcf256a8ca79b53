/** The door of the build room. */
export { BuildError, type BuildErrorCode } from './errors.ts';
export { debianMirrorsFromApt } from './fetch/debian-mirrors.ts';
export { findLog, readLog } from './log-file.ts';
export { type BuildOptions, type FetchLimits, type SandboxPath, thisSystem } from './options.ts';
export { type BuildPlan, type PlanNode, type PlanStatus, type PlanView, planBuild, type Wanted } from './plan.ts';
export { type BuildFailure, type BuildResult, realise } from './realise.ts';
