/** Reads what a machine has beside paths, and judges what can be judged without an earlier look. */
import { release } from 'node:os';
import type { RealmContext } from '../context.ts';
import type { Deviation } from '../deviation.ts';
import type { MapRealm, Owner } from '../map/claims.ts';
import { isWithin } from '../map/entry.ts';
import { kernelFolders } from '../map/generated.ts';
import { hostPackages } from '../map/package-claims.ts';
import { accountThings } from './accounts.ts';
import { rebootDebts, restartDebts } from './debts.ts';
import { type HostProcess, hostPorts, hostProcesses } from './processes.ts';
import type { RunProgram } from './programs.ts';
import type { Thing } from './thing.ts';
import { judgeUnit, parseUnits, type UnitContext, type UnitState, unitOwner, unitProperties } from './units.ts';

export interface HostThings {
  readonly things: readonly Thing[];
  readonly deviations: readonly Deviation[];
  readonly units: readonly UnitState[];
}

/** @param run undefined: the machine is a folder, in which nothing runs */
export function hostThings(context: RealmContext, run: RunProgram | undefined): HostThings {
  const packages = hostPackages(context.files);
  const { manifest } = context.generation ?? {};
  const { users = [], groups = [], converge: resources = [] } = manifest ?? {};
  const accounts = { files: context.files, packages, users, groups, resources };
  const things = [...accountThings(accounts), ...packageThings(context), ...mountThings(context)];
  if (!context.live || run === undefined) return { things, deviations: [], units: [] };
  const processes = hostProcesses();
  const units = readUnits(run);
  const unitContext = unitContextOf(context);
  const active = new Set(units.filter(({ active: state }) => state === 'active').map(({ name }) => name));
  const debts = {
    claims: context.claims,
    real: (path: string) => context.files.real(path),
    closure: closureOf(context),
  };
  return {
    things: [...things, ...unitThings(units, unitContext), ...portThings(processes, units, unitContext)],
    deviations: [
      ...units.flatMap((unit) => judgeUnit(unit, unitContext, active)),
      ...restartDebts(processes, debts),
      ...rebootDebts(kernelState(context)),
    ],
    units,
  };
}

/** All units that have a file or are loaded; none where no service manager answers. */
export function readUnits(run: RunProgram): UnitState[] {
  const files = run('systemctl', ['list-unit-files', '--no-legend', '--no-pager']);
  if (files.status !== 0) return [];
  const listed = run('systemctl', ['list-units', '--all', '--no-legend', '--no-pager', '--plain']);
  const names = [...files.stdout.split('\n'), ...listed.stdout.split('\n')].map((line) => line.trim().split(/\s+/)[0]!);
  const wanted = [...new Set(names)].filter((name) =>
    /^[^@]+(@.+)?\.(service|socket|timer|path|mount|target)$/.test(name),
  );
  const found: UnitState[] = [];
  for (let at = 0; at < wanted.length; at += 200) {
    const slice = wanted.slice(at, at + 200);
    found.push(
      ...parseUnits(run('systemctl', ['show', `--property=${unitProperties.join(',')}`, '--', ...slice]).stdout),
    );
  }
  return [...new Map(found.map((unit) => [unit.name, unit])).values()].filter(({ load }) => load !== 'not-found');
}

export function unitContextOf(context: RealmContext): UnitContext {
  const services = (context.generation?.manifest.converge ?? []).filter(({ kind }) => kind === 'service');
  // A unit that its package enabled has an empty file here for each link that was made.
  const helper = '/var/lib/systemd/deb-systemd-helper-enabled';
  const made = context.files.list(helper).filter((name) => /\.(wants|requires)$/.test(name));
  return {
    claims: context.claims,
    kept: new Map(
      services.map(({ name, settings, declared }) => [
        String(settings['unit']),
        { type: 'resource', name, ...declared },
      ]),
    ),
    enabledAtInstall: new Set(made.flatMap((folder) => context.files.list(`${helper}/${folder}`))),
    real: (path) => context.files.real(path),
    isMask: (path) => context.files.target(context.files.real(path)) === '/dev/null',
  };
}

function unitThings(units: readonly UnitState[], context: UnitContext): Thing[] {
  return units
    .filter(({ fragment, load }) => load === 'masked' || (fragment !== '' && !fragment.startsWith('/run/')))
    .map((unit) => {
      const { realm, owner } = unitOwner(unit, context);
      const known = realm !== 'unknown';
      const facts = { enablement: unit.enablement, active: known ? '' : unit.active };
      // What somebody answers for is judged as it is now.
      return { type: 'unit', name: unit.name, realm, owner, facts, judged: known };
    });
}

function packageThings({ generation, files }: RealmContext): Thing[] {
  const resources = (generation?.manifest.converge ?? []).filter(({ kind }) => kind === 'apt');
  const declared = new Map(resources.map((one) => [String(one.settings['package']), one]));
  return hostPackages(files).map(({ name, version, essential }) => {
    const resource = declared.get(name);
    const owner: Owner =
      resource === undefined
        ? { type: 'package', name, version, declared: false }
        : { type: 'resource', name: resource.name, ...resource.declared };
    const realm: MapRealm = resource !== undefined || essential ? 'convergent' : 'unknown';
    return { type: 'package', name, realm, owner, facts: {}, judged: resource !== undefined };
  });
}

/** Whatever is mounted that the kernel does not mount by itself. */
function mountThings({ mounts, generation, files }: RealmContext): Thing[] {
  const resources = (generation?.manifest.converge ?? []).filter(({ kind }) => kind === 'mount');
  const inTable = new Set((files.read('/etc/fstab') ?? '').split('\n').map((line) => line.trim().split(/\s+/)[1]));
  return mounts
    .filter(({ place }) => place !== '/' && ![...kernelFolders, '/run'].some((folder) => isWithin(place, folder)))
    .map(({ place, type, source, root }) => {
      const resource = resources.find(({ settings }) => settings['where'] === place);
      const facts = { type, source: root === '/' ? source : `${source}[${root}]` };
      if (resource !== undefined) {
        const owner: Owner = { type: 'resource', name: resource.name, ...resource.declared };
        return { type: 'mount', name: place, realm: 'convergent', owner, facts, judged: true };
      }
      if (inTable.has(place))
        return {
          type: 'mount',
          name: place,
          realm: 'divergent',
          owner: { type: 'generator', name: '/etc/fstab' },
          facts,
        };
      return { type: 'mount', name: place, realm: 'unknown', owner: { type: 'nobody' }, facts };
    });
}

/** Which ports a declared or installed service opens is its own affair; those of other programs are nobody's. */
function portThings(processes: readonly HostProcess[], units: readonly UnitState[], context: UnitContext): Thing[] {
  const bySocket = new Map(processes.flatMap((process) => process.sockets.map((inode) => [inode, process] as const)));
  const byName = new Map(units.map((unit) => [unit.name, unit]));
  const things = hostPorts().map(({ name, inode }): Thing => {
    const process = bySocket.get(inode);
    const unit = process === undefined ? undefined : byName.get(process.unit);
    const known = unit !== undefined && unitOwner(unit, context).realm !== 'unknown';
    const owner: Owner = unit === undefined ? { type: 'nobody' } : { type: 'unit', name: unit.name };
    return {
      type: 'port',
      name,
      realm: known ? 'divergent' : 'unknown',
      owner,
      facts: { program: process?.name ?? '' },
    };
  });
  return [...new Map(things.map((thing) => [thing.name, thing])).values()];
}

function closureOf({ generation, realm }: RealmContext): Set<string> | undefined {
  const { machine } = realm;
  if (machine === undefined || generation === undefined) return undefined;
  return new Set<string>(machine.store.closure([generation.system]));
}

function kernelState({ files }: RealmContext): Parameters<typeof rebootDebts>[0] {
  const required =
    files.read('/run/reboot-required') === undefined ? undefined : (files.read('/run/reboot-required.pkgs') ?? '');
  return {
    running: release(),
    installed: files.list('/lib/modules'),
    required: required?.split('\n').filter((line) => line !== ''),
  };
}
