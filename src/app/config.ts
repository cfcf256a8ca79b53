/**
 * The settings in force, and where each came from. Layers, each over the one before: built-in defaults,
 * /etc/sysbuild/sysbuild.conf, the user's sysbuild.conf, NIX_CONFIG, SYSBUILD_CONFIG, single environment variables,
 * flags.
 */
import { join } from 'node:path';
import { didYouMean } from '../base/text.ts';
import { type Assignment, parseConfig, readConfig } from './config-file.ts';
import { AppError } from './errors.ts';
import { parseNixPath } from './search-path.ts';
import { boolean } from './setting-types.ts';
import { definitionOf, isSettingName, type SettingName, type Settings, settingNames } from './settings.ts';

export interface Config {
  readonly settings: Settings;
  /** Where a value came from: `default`, a file and line, a variable, a flag. */
  readonly origins: Readonly<Record<SettingName, string>>;
  /** For names that no setting has. */
  readonly warnings: readonly string[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

export const systemConfigFile = '/etc/sysbuild/sysbuild.conf';

export function userConfigFile(env: Environment): string {
  return join(env['XDG_CONFIG_HOME'] ?? join(env['HOME'] ?? '/', '.config'), 'sysbuild/sysbuild.conf');
}

/** Reads all layers. `flags` are the assignments that the command line makes, in order. */
export function loadConfig(env: Environment, cwd: string, flags: readonly Assignment[]): Config {
  const ofVariable = (name: string): Assignment[] => parseConfig(env[name] ?? '', name, undefined, cwd);
  return resolveConfig([
    ...readConfig(systemConfigFile),
    ...readConfig(userConfigFile(env)),
    ...ofVariable('NIX_CONFIG').map((assignment) => ({ ...assignment, shared: true })),
    ...ofVariable('SYSBUILD_CONFIG'),
    ...environmentAssignments(env),
    ...flags,
  ]);
}

/** Applies assignments in order to the defaults. */
export function resolveConfig(assignments: readonly Assignment[]): Config {
  const values = new Map<SettingName, { value: unknown; origin: string }>();
  for (const name of settingNames) values.set(name, { value: definitionOf(name).fallback, origin: 'default' });
  const warnings: string[] = [];
  for (const assignment of assignments) {
    if (!assign(values, assignment) && !assignment.shared) warnings.push(unknownSetting(assignment));
  }
  const settings = Object.fromEntries([...values].map(([name, entry]) => [name, entry.value])) as Settings;
  const origins = Object.fromEntries([...values].map(([name, entry]) => [name, entry.origin])) as Config['origins'];
  return { settings, origins, warnings: settings['warn-unknown-settings'] ? warnings : [] };
}

/** False when no setting has the name. */
function assign(values: Map<SettingName, { value: unknown; origin: string }>, assignment: Assignment): boolean {
  const extra = assignment.name.startsWith('extra-');
  const name = extra ? assignment.name.slice('extra-'.length) : assignment.name;
  if (!isSettingName(name)) return false;
  const { type } = definitionOf(name);
  if (extra && type.append === undefined) return false;
  const value = assignment.words ?? type.parse(assignment.value);
  if (value === undefined) throw badValue(name, type.placeholder, assignment);
  const old = values.get(name)!;
  values.set(name, {
    value: extra ? type.append!(old.value, value) : value,
    origin: extra && old.origin !== 'default' ? `${old.origin}, ${assignment.origin}` : assignment.origin,
  });
  return true;
}

function environmentAssignments(env: Environment): Assignment[] {
  const assignments: Assignment[] = [];
  const take = (variable: string, name: SettingName, accept: (value: string) => boolean): void => {
    const value = env[variable];
    if (value === undefined || !accept(value)) return;
    const words = name === 'nix-path' ? { words: parseNixPath(value) } : {};
    assignments.push({ name, value, origin: variable, ...words });
  };
  take('NIX_PATH', 'nix-path', () => true);
  take('NIX_ABORT_ON_WARN', 'abort-on-warn', (value) => boolean.parse(value) === true);
  take('NIX_REMOTE', 'store', (value) => /^(local\?|dummy:)/.test(value));
  take('SYSBUILD_STORE', 'store', () => true);
  return assignments;
}

function unknownSetting({ name, origin }: Assignment): string {
  const near = didYouMean(name.replace(/^extra-/, ''), settingNames, 1)[0];
  return `unknown setting '${name}' (${origin})${near === undefined ? '' : `; did you mean '${near}'?`}`;
}

function badValue(name: SettingName, placeholder: string, { value, origin }: Assignment): AppError {
  return new AppError('app/config-value', `setting '${name}' has invalid value '${value}' (${origin})`, {
    hint: `It takes ${placeholder}.`,
    details: { setting: name, value, origin },
  });
}
