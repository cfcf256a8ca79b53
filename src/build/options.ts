/** What a caller may decide about builds, and the defaults. */
import { availableParallelism } from 'node:os';
import type { SecretKey } from '../formats/index.ts';
import type { Substituters } from '../store/index.ts';

/** A path of the machine that builders see, at another place or the same one. */
export interface SandboxPath {
  readonly source: string;
  /** Leave it out when it is not there. */
  readonly optional: boolean;
}

export interface BuildOptions {
  /** Builds at once. */
  readonly maxJobs?: number | undefined;
  /** `NIX_BUILD_CORES`; 0 is all that there are. */
  readonly cores?: number | undefined;
  /** Go on with what does not depend on a failure, and report all failures at the end. */
  readonly keepGoing?: boolean | undefined;
  /** `auto`: always in a sandbox; `off`: the declared fallback without one. */
  readonly sandbox?: 'auto' | 'off' | undefined;
  /** Build again what is already there, and compare. */
  readonly check?: boolean | undefined;
  /** By the host part of `mirror://HOST/…`: base URLs, tried in order. */
  readonly mirrors?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Leave the folder of a failed build behind. */
  readonly keepFailed?: boolean | undefined;
  /** Seconds that one build may take, and that it may stay silent; 0 is no limit. */
  readonly timeout?: number | undefined;
  readonly maxSilentTime?: number | undefined;
  /** Bytes of log that one build may write; 0 is no limit. */
  readonly maxLogSize?: number | undefined;
  /** Log lines shown with a failure. */
  readonly logLines?: number | undefined;
  /** The kind of machine that builds run on: `x86_64-linux`. */
  readonly system?: string | undefined;
  readonly extraSystems?: readonly string[] | undefined;
  readonly systemFeatures?: readonly string[] | undefined;
  /** By the path that builders see. */
  readonly sandboxPaths?: Readonly<Record<string, SandboxPath>> | undefined;
  /** Where `impureEnvVars` of fixed-output builds are looked up. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  readonly fetch?: FetchLimits | undefined;
  /** Caches that are asked for outputs before they are built. */
  readonly substituters?: Substituters | undefined;
  /** Build what caches said that they have, and then did not give. */
  readonly fallback?: boolean | undefined;
  /** Fetch also what sets `allowSubstitutes` to false. */
  readonly alwaysAllowSubstitutes?: boolean | undefined;
  /** Keys that sign what is built. */
  readonly signWith?: readonly SecretKey[] | undefined;
}

export interface FetchLimits {
  /** Milliseconds until a server must have answered, and between any two pieces of what it sends. */
  readonly patience?: number | undefined;
  /** How often a URL is tried again after a failure that may pass. */
  readonly retries?: number | undefined;
  /** Milliseconds before the first retry; doubled for each further one. */
  readonly delay?: number | undefined;
}

type Defined<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };

export interface Settings extends Omit<Defined<BuildOptions>, 'signal' | 'fetch' | 'substituters'> {
  readonly signal: AbortSignal | undefined;
  readonly substituters: Substituters | undefined;
  readonly fetch: Defined<FetchLimits>;
}

const machines: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64', ia32: 'i686', arm: 'armv7l' };

/** The system that this process runs on, in the words of derivations. */
export function thisSystem(): string {
  return `${machines[process.arch] ?? process.arch}-${process.platform}`;
}

export function settingsOf(options: BuildOptions): Settings {
  const system = options.system ?? thisSystem();
  return {
    maxJobs: Math.max(1, options.maxJobs ?? availableParallelism()),
    cores: options.cores || availableParallelism(),
    keepGoing: options.keepGoing ?? false,
    sandbox: options.sandbox ?? 'auto',
    check: options.check ?? false,
    mirrors: options.mirrors ?? {},
    signal: options.signal,
    keepFailed: options.keepFailed ?? false,
    timeout: options.timeout ?? 0,
    maxSilentTime: options.maxSilentTime ?? 0,
    maxLogSize: options.maxLogSize ?? 0,
    logLines: options.logLines ?? 25,
    system,
    extraSystems: options.extraSystems ?? (system === 'x86_64-linux' ? ['i686-linux'] : []),
    systemFeatures: options.systemFeatures ?? ['benchmark', 'big-parallel', 'ca-derivations', 'nixos-test'],
    sandboxPaths: options.sandboxPaths ?? {},
    environment: options.environment ?? process.env,
    substituters: options.substituters,
    fallback: options.fallback ?? true,
    alwaysAllowSubstitutes: options.alwaysAllowSubstitutes ?? false,
    signWith: options.signWith ?? [],
    fetch: {
      patience: options.fetch?.patience ?? 30_000,
      retries: options.fetch?.retries ?? 2,
      delay: options.fetch?.delay ?? 500,
    },
  };
}
