/** Builds derivations with the settings of a session. */
import type { BuildOptions, BuildPlan, BuildResult, PreparedBuild, SandboxPath, Wanted } from '../build/index.ts';
import type { LocalStore, Substituters } from '../store/index.ts';
import { openSubstituters, secretKeys, signingKeys } from './caches.ts';
import type { Session } from './session.ts';

export interface RealiseOptions {
  /** Build what is there already once more, and compare. */
  readonly check?: boolean;
}

/** Plans a build, gives it to `work`, and closes what it has opened. */
export async function withBuild<T>(
  session: Session,
  store: LocalStore,
  wanted: readonly Wanted[],
  options: RealiseOptions,
  work: (prepared: PreparedBuild) => Promise<T>,
): Promise<T> {
  const { prepareBuild } = await import('../build/index.ts');
  return withCaches(session, store.storeDir, async (substituters) => {
    const build = { ...(await buildOptions(session, store)), check: options.check ?? false, substituters };
    return work(await prepareBuild(store, [...wanted], build, session.sink));
  });
}

/** Opens the caches of the settings for `work`, if there are any. */
export async function withCaches<T>(
  session: Session,
  storeDir: string,
  work: (substituters: Substituters | undefined) => Promise<T>,
): Promise<T> {
  if (session.settings.substituters.length === 0) return work(undefined);
  const caches = openSubstituters(session, storeDir);
  try {
    return await work(caches.substituters);
  } finally {
    caches.close();
  }
}

export function realiseWanted(
  session: Session,
  store: LocalStore,
  wanted: readonly Wanted[],
  options: RealiseOptions = {},
): Promise<BuildResult> {
  return withBuild(session, store, wanted, options, (prepared) => prepared.run());
}

/** The same; throws when anything failed. */
export async function realiseAll(
  session: Session,
  store: LocalStore,
  wanted: readonly Wanted[],
  options: RealiseOptions = {},
): Promise<BuildResult> {
  const { failureOfRun } = await import('../build/index.ts');
  const result = await realiseWanted(session, store, wanted, options);
  const failure = failureOfRun(result);
  if (failure !== undefined) throw failure;
  return result;
}

/** What would be done. */
export function planWanted(session: Session, store: LocalStore, wanted: readonly Wanted[]): Promise<BuildPlan> {
  return withBuild(session, store, wanted, {}, async ({ plan }) => plan);
}

/** What the settings say about builds. */
export async function buildOptions(session: Session, store?: LocalStore): Promise<BuildOptions> {
  const { debianMirrorsFromApt } = await import('../build/index.ts');
  const { settings, signal, env } = session;
  const debian = settings['mirror-debian'];
  return {
    maxJobs: settings['max-jobs'] || undefined,
    cores: settings.cores,
    keepGoing: settings['keep-going'],
    keepFailed: settings['keep-failed'],
    sandbox: settings.sandbox ? 'auto' : 'off',
    timeout: settings.timeout,
    maxSilentTime: settings['max-silent-time'],
    maxLogSize: settings['max-build-log-size'],
    logLines: settings['log-lines'],
    system: settings.system,
    ...(settings['extra-platforms'].length > 0 ? { extraSystems: settings['extra-platforms'] } : {}),
    systemFeatures: settings['system-features'],
    sandboxPaths: sandboxPathsOf(settings['sandbox-paths']),
    fallback: settings.fallback,
    alwaysAllowSubstitutes: settings['always-allow-substitutes'],
    signWith: store === undefined ? secretKeys(session) : signingKeys(session, store),
    mirrors: { debian: debian.length > 0 ? debian : debianMirrorsFromApt() },
    environment: env,
    signal,
  };
}

/** `PATH`, `PATH=SOURCE`, and either with a question mark for what may be missing. */
export function sandboxPathsOf(words: readonly string[]): Readonly<Record<string, SandboxPath>> {
  return Object.fromEntries(
    words.map((word) => {
      const optional = word.endsWith('?');
      const path = optional ? word.slice(0, -1) : word;
      const equals = path.indexOf('=');
      const [target, source] = equals < 0 ? [path, path] : [path.slice(0, equals), path.slice(equals + 1)];
      return [target, { source, optional }];
    }),
  );
}
