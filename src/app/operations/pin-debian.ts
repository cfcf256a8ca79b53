/** Pins Debian packages to the versions that apt on this machine would install. */
import * as fs from 'node:fs';
import { join, resolve } from 'node:path';
import { Activity } from '../../base/events.ts';
import { makeFolders } from '../../base/folders.ts';
import { writeFileAtomic } from '../../base/fs-atomic.ts';
import { ProcessError, run } from '../../base/process.ts';
import { type AptRecord, type DebianPins, parseAptShow, parsePins, printPins, withRecord } from '../debian-pins.ts';
import { AppError } from '../errors.ts';
import type { SessionOptions } from '../session.ts';

export interface PinRequest {
  /** None: all that the file has. */
  readonly names: readonly string[];
  readonly file: string;
  /** Debian's names; none: that of this machine. */
  readonly architectures: readonly string[];
}

export interface PinChange {
  readonly name: string;
  readonly architecture: string;
  readonly before: string | undefined;
  readonly after: string;
}

/** Rewrites the file and says what changed. Asks apt only; an ordinary user may. */
export async function pinDebian(options: SessionOptions, request: PinRequest): Promise<PinChange[]> {
  const file = resolve(options.cwd, request.file);
  let pins: DebianPins = fs.existsSync(file) ? parsePins(fs.readFileSync(file, 'utf8'), file) : { packages: {} };
  const names = request.names.length > 0 ? request.names : Object.keys(pins.packages);
  if (names.length === 0) throw new AppError('app/usage', `no package is named, and '${request.file}' has none`);
  const changes: PinChange[] = [];
  const architectures = request.architectures.length > 0 ? request.architectures : [undefined];
  for (const architecture of architectures) {
    for (const record of await aptRecords(options, names, architecture)) {
      const before = pins.packages[record.package]?.version;
      changes.push({ name: record.package, architecture: record.architecture, before, after: record.version });
      pins = withRecord(pins, record);
    }
  }
  writeFileAtomic(file, printPins(pins));
  return changes;
}

/** What apt knows, from its own lists, or from fresh ones where those do not have it all. */
async function aptRecords(
  options: SessionOptions,
  names: readonly string[],
  architecture: string | undefined,
): Promise<AptRecord[]> {
  const known = architecture === undefined ? await showAll(names, []) : undefined;
  if (known !== undefined && known.missing.length === 0) return known.records;
  const own = await freshLists(options, architecture);
  const { records, missing } = await showAll(names, own);
  if (missing.length === 0) return records;
  throw new AppError('app/apt', `apt does not know the package '${missing[0]}'`, {
    hint: `Its sources are in /etc/apt; "apt-cache policy ${missing[0]}" says what it has.`,
    details: { missing },
  });
}

async function showAll(
  names: readonly string[],
  aptOptions: readonly string[],
): Promise<{ records: AptRecord[]; missing: string[] }> {
  const { stdout } = await apt('apt-cache', [...aptOptions, 'show', ...names]);
  const all = parseAptShow(stdout);
  const records = names.flatMap((name) => all.find((record) => record.package === name) ?? []);
  const found = new Set(records.map((record) => record.package));
  return { records, missing: names.filter((name) => !found.has(name)) };
}

/** Downloads apt's lists to a folder of our own, which any user may, and returns the options that make apt use them. */
async function freshLists(options: SessionOptions, architecture: string | undefined): Promise<string[]> {
  const cache = options.env['XDG_CACHE_HOME'] ?? join(options.env['HOME'] ?? '/tmp', '.cache');
  const folder = join(cache, 'sysbuild/apt', architecture ?? 'native');
  makeFolders(join(folder, 'lists/partial'));
  makeFolders(join(folder, 'archives/partial'));
  const words = ['-o', `Dir::State::Lists=${folder}/lists`, '-o', `Dir::Cache=${folder}`, '-o', 'Debug::NoLocking=1'];
  // apt would give up root for a user that may not read folders of ours.
  words.push('-o', 'APT::Sandbox::User=');
  if (architecture !== undefined) {
    words.push('-o', `APT::Architecture=${architecture}`, '-o', `APT::Architectures=${architecture}`);
  }
  const activity = new Activity(options.sink, 'fetch', "apt's package lists");
  const { status, stderr } = await apt('apt-get', [...words, '-q', 'update']);
  activity.stop(status === 0);
  if (status === 0) return words;
  throw new AppError('app/apt', `apt cannot read its package lists:\n${stderr.trim()}`, {
    hint: 'Is there a network? "apt-get update" as root shows the same.',
  });
}

async function apt(program: string, args: readonly string[]) {
  try {
    return await run(program, args, { env: { ...process.env, LC_ALL: 'C' } });
  } catch (error) {
    if (!(error instanceof ProcessError)) throw error;
    throw new AppError('app/apt', `${program} cannot be run: this needs a Debian machine with apt`, { cause: error });
  }
}
