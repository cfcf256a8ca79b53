/**
 * Packages of the host: there, or not; of one version; their files with the content that dpkg knows, and with the modes,
 * owners and targets that they had when this version was seen first. Configuration files are left to people.
 */
import type { KnownPath } from '../../map/known-paths.ts';
import { type MakeResource, ResourceError, type World } from '../resource.ts';
import { packagesOf } from '../resource-paths.ts';
import { readSettings } from '../settings.ts';
import { must, programs } from './host-program.ts';

interface Wanted {
  readonly names: readonly string[];
  readonly present: boolean;
  readonly version: string | undefined;
  readonly verify: boolean;
}

export const apt: MakeResource = (entry, world) => {
  const wanted = readSettings(entry, (settings): Wanted => {
    settings.only('package', 'packages', 'ensure', 'version', 'verify');
    const names = packagesOf(entry.settings);
    if (names.length === 0) throw new ResourceError('it names no package');
    return {
      names,
      present: settings.present(),
      version: settings.optional('version'),
      verify: settings.boolean('verify', true),
    };
  });
  return {
    check: () => wanted.names.map((name) => findingOf(world, name, wanted)).find((found) => found !== undefined),
    apply() {
      for (const name of wanted.names) if (findingOf(world, name, wanted) !== undefined) change(world, name, wanted);
    },
  };
};

function findingOf(world: World, name: string, { present, version, verify }: Wanted): string | undefined {
  const installed = installedVersion(world, name);
  if (!present) return installed === undefined ? undefined : `${name} ${installed} is installed`;
  if (installed === undefined) return `${name} is not installed`;
  if (version !== undefined && installed !== version) return `${name} is ${installed} and not ${version}`;
  if (!verify) return undefined;
  const broken = brokenContents(world, name)[0] ?? wrongAttributes(world, name, installed)[0]?.words;
  return broken === undefined ? undefined : `${name}: ${broken}`;
}

/** Fields as dpkg-query(1) names them. */
const queryFormat = ['db:Status-Status', 'Version'].map((field) => `\${${field}}`).join(' ');

function installedVersion(world: World, name: string): string | undefined {
  const { status, stdout } = programs(world)('dpkg-query', ['-W', '-f', queryFormat, name]);
  const [state, version] = stdout.split(' ');
  return status === 0 && state === 'installed' ? version : undefined;
}

/** Files that are missing or have another content, as `dpkg --verify` prints them: `??5?????? c /path`. */
function brokenContents(world: World, name: string): string[] {
  return programs(world)('dpkg', ['--verify', name])
    .stdout.split('\n')
    .flatMap((line) => {
      const match = /^(missing|[?.\w]{9}) +(c )? *(\/.*?)( \(.*\))?$/.exec(line);
      if (match === null || match[2] !== undefined) return [];
      return `${match[3]} ${match[1] === 'missing' ? 'is missing' : 'has another content'}`;
    });
}

interface WrongAttribute {
  readonly path: string;
  readonly words: string;
  readonly first: NonNullable<KnownPath['first']>;
}

function wrongAttributes({ known, files }: World, name: string, version: string): WrongAttribute[] {
  const found: WrongAttribute[] = [];
  for (const [bytes, { first }] of known) {
    if (first?.owner !== `${name} ${version}`) continue;
    const path = Buffer.from(bytes, 'latin1').toString();
    const state = files.state(path);
    const same =
      state?.kind === first.kind &&
      (first.kind === 'symlink' ? files.target(bytes) === first.target : state.mode === first.mode) &&
      state.uid === first.uid &&
      state.gid === first.gid;
    if (!same) found.push({ path, words: `${path} is not as it was installed`, first });
  }
  return found;
}

function change(world: World, name: string, wanted: Wanted): void {
  const { present, version } = wanted;
  const keep = ['-y', '-q', '--no-install-recommends', '-o', 'Dpkg::Options::=--force-confold'];
  if (!present) {
    must(world, 'apt-get', ['-y', '-q', 'remove', name]);
    return;
  }
  const installed = installedVersion(world, name);
  if (installed === undefined || (version !== undefined && installed !== version)) {
    install(world, [...keep, '--allow-downgrades'], version === undefined ? name : `${name}=${version}`);
  } else if (brokenContents(world, name).length > 0 || !repairAttributes(world, name, installed)) {
    install(world, [...keep, '--reinstall'], `${name}=${installed}`);
    repairAttributes(world, name, installed);
  }
}

/** The lists of packages may be old, or never fetched. */
function install(world: World, options: readonly string[], what: string): void {
  const first = programs(world)('apt-get', [...options, 'install', what]);
  if (first.status === 0) return;
  must(world, 'apt-get', ['-q', 'update']);
  must(world, 'apt-get', [...options, 'install', what]);
}

/** Modes, owners and links need no new copy. Whether that was enough. */
function repairAttributes(world: World, name: string, version: string): boolean {
  const { files } = world;
  for (const { path, first } of wrongAttributes(world, name, version)) {
    const state = files.state(path);
    if (first.kind === 'symlink' && (state === undefined || state.kind === 'symlink')) {
      if (state !== undefined) files.remove(path);
      files.makeLink(path, first.target);
    } else if (state?.kind === first.kind) {
      // In this order: a change of the owner takes setuid away.
      files.setOwner(path, first.uid, first.gid);
      if (first.kind !== 'symlink') files.setMode(path, first.mode);
    }
  }
  return wrongAttributes(world, name, version).length === 0;
}
