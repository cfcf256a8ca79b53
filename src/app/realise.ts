/** Builds derivations with the settings of a session. */
import type { BuildResult, Wanted } from '../build/index.ts';
import type { LocalStore } from '../store/index.ts';
import type { Session } from './session.ts';

export async function realiseWanted(
  session: Session,
  store: LocalStore,
  wanted: readonly Wanted[],
  options: { readonly check?: boolean } = {},
): Promise<BuildResult> {
  const { debianMirrorsFromApt, realise } = await import('../build/index.ts');
  const { settings, signal, sink, env } = session;
  const debian = settings['mirror-debian'];
  return realise(
    store,
    [...wanted],
    {
      maxJobs: settings['max-jobs'] || undefined,
      cores: settings.cores,
      keepGoing: settings['keep-going'],
      keepFailed: settings['keep-failed'],
      sandbox: settings.sandbox ? 'auto' : 'off',
      check: options.check ?? false,
      timeout: settings.timeout,
      maxSilentTime: settings['max-silent-time'],
      system: settings.system,
      mirrors: { debian: debian.length > 0 ? debian : debianMirrorsFromApt() },
      environment: env,
      signal,
    },
    sink,
  );
}
