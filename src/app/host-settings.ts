/** What the language is told of the settings of a session. */
import type { HostSettings } from '../lang/index.ts';
import { languageFiles, modulesDirectory } from './installation.ts';
import { parseSearchPathEntry } from './search-path.ts';
import type { Session } from './session.ts';

export function hostSettings(session: Session): HostSettings {
  const { settings, location, include, env } = session;
  const searchPath = settings['pure-eval'] ? [] : [...include, ...settings['nix-path']];
  return {
    storeDir: location.storeDir,
    currentSystem: settings['eval-system'] || settings.system,
    pure: settings['pure-eval'],
    restricted: settings['restrict-eval'],
    // What Nix still calls an experiment is how sysbuild's own builders work.
    experimental: new Set([...settings['experimental-features'], 'ca-derivations']),
    maxCallDepth: settings['max-call-depth'],
    traceVerbose: settings['trace-verbose'],
    abortOnWarn: settings['abort-on-warn'],
    allowImportFromDerivation: settings['allow-import-from-derivation'],
    searchPath: searchPath.map(parseSearchPathEntry),
    builtinPath: [
      { prefix: 'sysbuild', path: modulesDirectory() },
      { prefix: 'nix', path: languageFiles() },
    ],
    home: env['HOME'] ?? '/',
    lints: {
      urlLiterals: settings['lint-url-literals'],
      shortPathLiterals: settings['lint-short-path-literals'],
      absolutePathLiterals: settings['lint-absolute-path-literals'],
    },
  };
}
