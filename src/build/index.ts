/** The door of the build room. */
export { type Compression, decompressed } from './archive/decompress.ts';
export { untar } from './archive/untar.ts';
export { unzip } from './archive/unzip.ts';
export { type DevelopRequest, develop } from './develop.ts';
export { BuildError, type BuildErrorCode } from './errors.ts';
export { failureOfRun } from './failures.ts';
export type { AptSource } from './fetch/apt-sources.ts';
export { candidatesOf } from './fetch/candidates.ts';
export { debianMirrorsFromApt, debianSourcesFromApt } from './fetch/debian-mirrors.ts';
export { type DownloadRequest, download } from './fetch/download.ts';
export { followLog } from './follow-log.ts';
export { derivationOfKept } from './kept.ts';
export { findLog, readLog } from './log-file.ts';
export { type BuildOptions, type FetchLimits, type SandboxPath, thisSystem } from './options.ts';
export { type BuildPlan, type PlanNode, type PlanStatus, type PlanView, planBuild, type Wanted } from './plan.ts';
export { type BuildFailure, type BuildResult, type PreparedBuild, prepareBuild, realise } from './realise.ts';
export { findBubblewrap } from './sandbox/find-bubblewrap.ts';
