/** Beginning, ending and listing overrides of a machine. Each is told in the ordering journal. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { makeFolders } from '../../../base/folders.ts';
import { ActivateError } from '../../errors.ts';
import { exists, remove } from '../../places.ts';
import { physicalPath, RootPaths } from '../../root-path.ts';
import type { RealmContext } from '../context.ts';
import type { RunProgram } from '../drift/programs.ts';
import { ChangeJournal } from '../journal/change-journal.ts';
import { realmRecords } from '../records.ts';
import { copyPath, putBack, samePath } from './copies.ts';
import { isOver, type Override, OverrideFile, type OverrideTarget, pathsOf, type SavedPath } from './overrides.ts';

export interface OverrideRequest {
  readonly target: OverrideTarget;
  readonly seconds: number;
  readonly reason: string;
}

type Subject = Pick<RealmContext, 'realm' | 'generation' | 'live'>;

/**
 * Marks an emergency change: saves what is there, so that it can come back.
 * @param run undefined where the machine is a folder
 */
export function beginOverride(context: Subject, request: OverrideRequest, run: RunProgram | undefined): Override {
  const { realm } = context;
  const { target, seconds, reason } = request;
  const file = new OverrideFile(realm.layout);
  const { next, active } = file.read();
  const other = active.find((one) => pathsOf(one.target).some((path) => pathsOf(target).includes(path)));
  if (other !== undefined) {
    throw new ActivateError('activate/override', `override ${other.id} is about '${target.name}' already`, {
      details: { target: target.name, override: other.id },
      hint: `sysbuild override end ${other.id} ends it`,
    });
  }
  const from = realm.now();
  const override: Override = {
    id: String(next),
    target,
    reason,
    by: realm.by,
    from: from.toISOString(),
    until: new Date(from.getTime() + seconds * 1000).toISOString(),
    saved: save(context, String(next), pathsOf(target)),
    unit: target.type === 'unit' && run !== undefined ? unitState(run, target.name) : undefined,
  };
  new ChangeJournal(realm.layout).record(realm, {
    kind: 'override',
    what: `${target.name} is overridden until ${override.until}: ${reason}`,
    details: { override: override.id, target: target.name, until: override.until, reason },
  });
  file.write(next + 1, [...active, override]);
  return override;
}

function save({ realm }: Subject, id: string, paths: readonly string[]): SavedPath[] {
  const folder = copiesOf(realm, id);
  remove(folder);
  makeFolders(folder, 0o700);
  return paths.map((path, copy) => {
    const physical = placeOf(realm.layout.root, path);
    if (!exists(physical)) return { path, copy: undefined };
    copyPath(physical, join(folder, String(copy)));
    return { path, copy };
  });
}

/**
 * Ends an override: what was there before comes back, or what the generation of now declares. What is there now is kept
 * in the override's folder.
 */
export function endOverride(
  context: Subject,
  id: string,
  why: 'over' | 'ended',
  run: RunProgram | undefined,
): Override {
  const { realm } = context;
  const override = findOverride(context, id);
  const folder = copiesOf(realm, id);
  const changed = override.saved.filter(({ path, copy }) => {
    const physical = placeOf(realm.layout.root, path);
    const saved = copy === undefined ? undefined : join(folder, String(copy));
    const isChanged = saved === undefined ? exists(physical) : !samePath(saved, physical);
    if (isChanged)
      putBack(saved, physical, join(folder, `${override.saved.findIndex((one) => one.path === path)}.ended`));
    return isChanged;
  });
  const declared = restoreDeclared(context, override);
  if (override.target.type === 'unit' && run !== undefined)
    restoreUnit(override, run, changed.length + declared.length > 0);
  const paths = [...new Set([...changed.map(({ path }) => path), ...declared])];
  close(
    context,
    override,
    `${override.target.name} is as before again (${why === 'over' ? 'its time is over' : 'ended by hand'})`,
    { why, paths },
  );
  return override;
}

/** Ends an override and leaves the change: it is to be declared. */
export function keepOverride(context: Subject, id: string, module: string): Override {
  const override = findOverride(context, id);
  close(context, override, `${override.target.name} stays as it is, and is declared by ${module}`, {
    why: 'promoted',
    module,
  });
  return override;
}

function close({ realm }: Subject, override: Override, what: string, details: Record<string, unknown>): void {
  new ChangeJournal(realm.layout).record(realm, {
    kind: 'override',
    what,
    details: { override: override.id, ...details },
  });
  const file = new OverrideFile(realm.layout);
  const { next, active } = file.read();
  file.write(
    next,
    active.filter((one) => one.id !== override.id),
  );
}

/** @throws ActivateError `activate/override` */
export function findOverride({ realm }: Pick<Subject, 'realm'>, id: string): Override {
  const { active } = new OverrideFile(realm.layout).read();
  const found = active.find((one) => one.id === id);
  if (found !== undefined) return found;
  throw new ActivateError('activate/override', `there is no override ${id}`, {
    details: { override: id },
    hint: active.length === 0 ? 'none is in force' : `in force: ${active.map((one) => one.id).join(', ')}`,
  });
}

/** Ends those whose time is over: what every command that looks at the machine does first. */
export function endOverridesThatAreOver(context: Subject, run: RunProgram | undefined): Override[] {
  const { realm } = context;
  const over = new OverrideFile(realm.layout).read().active.filter((one) => isOver(one, realm.now()));
  return over.map(({ id }) => endOverride(context, id, 'over', run));
}

/** What the generation declares below the override's paths, put back as it declares it; the paths that were not so. */
function restoreDeclared({ generation, realm }: Subject, override: Override): string[] {
  const { machine } = realm;
  if (generation === undefined || machine === undefined) return [];
  const paths = pathsOf(override.target);
  const entries = [...generation.tree.values()].filter(({ path }) =>
    paths.some((one) => path === one || path.startsWith(`${one}/`)),
  );
  return entries.flatMap(({ path, state }) => {
    const physical = placeOf(realm.layout.root, path);
    const stat = fs.lstatSync(physical, { throwIfNoEntry: false });
    if (state.kind === 'directory') {
      if (stat === undefined) fs.mkdirSync(physical, { recursive: true, mode: state.mode });
      return [];
    }
    if (state.kind === 'symlink') {
      if (stat?.isSymbolicLink() && fs.readlinkSync(physical) === state.target) return [];
      remove(physical);
      fs.symlinkSync(state.target, physical);
      return [path];
    }
    const source = machine.files.physical(state.source);
    if (stat?.isFile() && samePath(source, physical) && (stat.mode & 0o7777) === state.mode) return [];
    if (stat?.isDirectory()) remove(physical);
    fs.copyFileSync(source, `${physical}.sysbuild-override`);
    fs.chmodSync(`${physical}.sysbuild-override`, state.mode);
    if (state.uid !== undefined) fs.chownSync(`${physical}.sysbuild-override`, state.uid, state.gid ?? state.uid);
    fs.renameSync(`${physical}.sysbuild-override`, physical);
    return [path];
  });
}

function unitState(run: RunProgram, name: string): NonNullable<Override['unit']> {
  const text = run('systemctl', ['show', '--property=ActiveState,UnitFileState', name]).stdout;
  const get = (property: string): string => new RegExp(`^${property}=(.*)$`, 'm').exec(text)?.[1] ?? '';
  return { active: get('ActiveState') === 'active', enablement: get('UnitFileState') };
}

function restoreUnit({ target: { name }, unit }: Override, run: RunProgram, filesChanged: boolean): void {
  if (filesChanged) run('systemctl', ['daemon-reload']);
  if (unit === undefined) return;
  const now = unitState(run, name);
  if (unit.enablement !== now.enablement && ['enabled', 'disabled'].includes(unit.enablement)) {
    run('systemctl', [unit.enablement === 'enabled' ? 'enable' : 'disable', name]);
  }
  if (unit.active && filesChanged) run('systemctl', ['restart', name]);
  else if (unit.active !== now.active) run('systemctl', [unit.active ? 'start' : 'stop', name]);
}

/** Ends the override by a timer of systemd; where there is none, the next sysbuild command does. @param program how sysbuild is called */
export function armTimer(
  override: Override,
  seconds: number,
  program: readonly string[],
  run: RunProgram | undefined,
): boolean {
  if (run === undefined) return false;
  const timer = [
    `--unit=sysbuild-override-${override.id}`,
    `--on-active=${seconds}s`,
    '--timer-property=AccuracySec=1s',
    '--collect',
  ];
  const { status } = run('systemd-run', [...timer, '--', ...program, 'override', 'end', override.id, '--root', '/']);
  return status === 0;
}

export function disarmTimer({ id }: Override, run: RunProgram | undefined): void {
  run?.('systemctl', ['stop', `sysbuild-override-${id}.timer`]);
}

function copiesOf({ layout }: Subject['realm'], id: string): string {
  return join(realmRecords(layout).overrideCopies, id);
}

function placeOf(root: string, path: string): string {
  return physicalPath(root, new RootPaths(root).placeOf(path));
}
