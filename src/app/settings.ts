/**
 * Every setting: its name, type, default and meaning. Names and meanings are Nix's where Nix has the setting.
 * From these come the configuration files, the flags (`--NAME VALUE`, `--NAME`, `--no-NAME`, `--extra-NAME`), the
 * `config` command, shell completion, and `docs/configuration.md`.
 */
import { boolean, jobs, list, number, oneOf, type SettingType, text } from './setting-types.ts';

export interface SettingDefinition<T> {
  readonly type: SettingType<T>;
  readonly fallback: T;
  /** One or two sentences. */
  readonly doc: string;
  /** Which part of sysbuild it is about. */
  readonly topic: 'evaluation' | 'building' | 'store' | 'display';
}

function define<T>(
  topic: SettingDefinition<T>['topic'],
  type: SettingType<T>,
  fallback: NoInfer<T>,
  doc: string,
): SettingDefinition<T> {
  return { type, fallback, doc, topic };
}

const lint = oneOf('ignore', 'warn', 'fatal');
const machines: Partial<Record<NodeJS.Architecture, string>> = { x64: 'x86_64', arm64: 'aarch64', ia32: 'i686' };
const thisSystem = `${machines[process.arch] ?? process.arch}-${process.platform}`;

export const definitions = {
  'abort-on-warn': define('evaluation', boolean, false, 'Make `builtins.warn` an error.'),
  'allow-import-from-derivation': define(
    'evaluation',
    boolean,
    true,
    'Let evaluation build a derivation in order to read its output.',
  ),
  'allowed-uris': define(
    'evaluation',
    list,
    [],
    'URI prefixes that may be fetched under `restrict-eval`; a bare scheme (`https:`) allows all of it.',
  ),
  'eval-cache': define('evaluation', boolean, true, 'Return kept results of evaluations of which nothing has changed.'),
  'eval-system': define('evaluation', text, '', 'The value of `builtins.currentSystem`; empty: that of `system`.'),
  'experimental-features': define('evaluation', list, [], "Nix's experimental features to switch on."),
  'lint-absolute-path-literals': define('evaluation', lint, 'ignore', 'What to do about path literals like `/x`.'),
  'lint-short-path-literals': define('evaluation', lint, 'ignore', 'What to do about path literals like `a/b`.'),
  'lint-url-literals': define('evaluation', lint, 'ignore', 'What to do about URLs without quotes.'),
  'max-call-depth': define('evaluation', number, 10_000, 'How deep function calls may nest.'),
  'nix-path': define(
    'evaluation',
    list,
    [],
    'Where `<name>` is looked up: folders or `name=folder`. NIX_PATH replaces it, `-I` comes before it.',
  ),
  'pure-eval': define('evaluation', boolean, false, 'Evaluate from declared inputs alone: no files, no environment.'),
  'restrict-eval': define(
    'evaluation',
    boolean,
    false,
    'Let evaluation read only the search path, the store and `allowed-uris`.',
  ),
  'trace-verbose': define('evaluation', boolean, false, 'Show what `builtins.traceVerbose` traces.'),

  'always-allow-substitutes': define(
    'building',
    boolean,
    false,
    'Download also what would rather be built (`allowSubstitutes = false`).',
  ),
  cores: define('building', number, 0, 'How many processors one build may use (NIX_BUILD_CORES); 0: all.'),
  'extra-platforms': define('building', list, [], 'Other systems that this machine builds for: `i686-linux`.'),
  fallback: define('building', boolean, true, 'Build what caches have announced and then did not give.'),
  'keep-failed': define('building', boolean, false, 'Keep the build folder of a build that failed.'),
  'keep-going': define('building', boolean, false, 'Build what can still be built after a build failed.'),
  'log-lines': define('building', number, 25, 'How many of its last log lines a failed build shows.'),
  'max-build-log-size': define('building', number, 0, 'Bytes of log after which a build is ended; 0: no limit.'),
  'max-jobs': define('building', jobs, 0, 'How many builds run at once; auto: as many as there are processors.'),
  'max-silent-time': define('building', number, 0, 'Seconds without output after which a build is ended; 0: never.'),
  'mirror-debian': define(
    'building',
    list,
    [],
    'Where `mirror://debian/…` leads: base URLs, tried in order. Empty: the mirrors that apt on this machine uses.',
  ),
  sandbox: define('building', boolean, true, 'Build in a bubblewrap sandbox that shows a build only its inputs.'),
  'sandbox-paths': define(
    'building',
    list,
    [],
    'Paths that every build sees besides its inputs: `PATH` or `PATH=SOURCE`; one that ends in `?` may be missing.',
  ),
  system: define('building', text, thisSystem, 'The system that this machine builds for.'),
  'system-features': define(
    'building',
    list,
    ['benchmark', 'big-parallel', 'ca-derivations', 'nixos-test'],
    'What this machine can do: derivations ask for it with `requiredSystemFeatures`.',
  ),
  timeout: define('building', number, 0, 'Seconds after which a build is ended; 0: never.'),

  'fsync-store-paths': define(
    'store',
    boolean,
    true,
    'Have what is added on disk before it becomes valid. Without, a power cut may take some of it away again.',
  ),
  'http-connections': define('store', number, 16, 'How many connections to one cache there are at once.'),
  'netrc-file': define('store', text, '', 'A file with users and passwords for caches, as netrc(5) has it.'),
  'require-sigs': define(
    'store',
    boolean,
    true,
    'Take from caches only what a trusted key signed, or what is addressed by its content.',
  ),
  'secret-key-files': define(
    'store',
    list,
    [],
    'Files with keys that sign what is built, copied, exported or served. Empty: a key of the store itself does, but for exports.',
  ),
  store: define(
    'store',
    text,
    '',
    'The store: a folder DIR (holding nix/store and nix/var), `local?root=DIR`, `dummy://`. Empty: /nix when it may ' +
      'be written, else a folder of the user’s own.',
  ),
  substituters: define('store', list, [], 'Binary caches: `https://HOST`, `http://HOST` or `file:///DIR`.'),
  'trusted-public-keys': define('store', list, [], 'Keys whose signatures are trusted: `NAME:BASE64`.'),

  color: define('display', oneOf('auto', 'always', 'never'), 'auto', 'Whether to colour what is shown.'),
  'log-format': define(
    'display',
    oneOf('auto', 'bar', 'plain', 'json', 'internal-json'),
    'auto',
    'How progress is shown on stderr: a live display, one line an event, JSON lines, or the lines that tools for Nix read.',
  ),
  'print-build-logs': define('display', boolean, false, 'Show the output of builders while they run.'),
  'show-trace': define('display', boolean, false, 'Show the whole trace of an evaluation error.'),
  'warn-unknown-settings': define('display', boolean, true, 'Say so when a setting has a name that is not known.'),
} as const;

export type SettingName = keyof typeof definitions;
export type Settings = {
  readonly [Name in SettingName]: (typeof definitions)[Name] extends SettingDefinition<infer T> ? T : never;
};

export const settingNames = Object.keys(definitions) as SettingName[];

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(definitions, name);
}

/** The definition with its value type forgotten: for code that treats all settings alike. */
export function definitionOf(name: SettingName): SettingDefinition<unknown> {
  return definitions[name] as SettingDefinition<unknown>;
}
