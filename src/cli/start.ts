/**
 * Where the bundle starts: runs the program with the code that V8 compiled of it in earlier runs. Node's own cache for
 * that is made when a file is loaded and has none of the functions that are called later; this one is made at the exit,
 * and again where a run has called much that is not in it. Nothing else is imported here: this file is not cached.
 */
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { makeFolders } from '../base/folders.ts';

/** The hash of the program, put here by the bundler: V8 tells sources apart by their length alone. */
declare const PROGRAM_BUILD: string;

/** What a cache file begins with, as JSON in a line that is filled up to this many bytes. */
const headerLength = 1024;
interface Header {
  /** Processor time of the longest run whose functions are in it (milliseconds). */
  readonly longest: number;
  /** First words of the commands whose functions are in it. */
  readonly verbs: readonly string[];
}

/** Files of other builds and flags are removed when they were not written for so long (milliseconds). */
const month = 30 * 24 * 60 * 60 * 1000;

const program = join(__dirname, 'program.cjs');
const folder = cacheFolder();
const stack = /--stack-size=(\d+)/.exec(process.execArgv.join(' '))?.[1] ?? 'default';
const file = join(folder ?? '', `${PROGRAM_BUILD}-${process.version}-${process.arch}-${stack}`);
const cached = folder === undefined ? undefined : load();
const script = new Script(
  `(function(require,module,exports,__filename,__dirname){${fs.readFileSync(program, 'latin1')}\n})`,
  {
    filename: program,
    cachedData: cached?.data,
  },
);
const header = script.cachedDataRejected === false ? cached?.header : undefined;
if (folder !== undefined) process.on('exit', saveWhatIsNew);
const module_ = { exports: {} };
script.runInThisContext()(createRequire(program), module_, module_.exports, program, __dirname);

function cacheFolder(): string | undefined {
  const { XDG_CACHE_HOME, HOME } = process.env;
  const caches = XDG_CACHE_HOME ?? (HOME === undefined ? undefined : join(HOME, '.cache'));
  return caches === undefined ? undefined : join(caches, 'sysbuild/code');
}

function load(): { header: Header; data: Buffer } | undefined {
  try {
    const bytes = fs.readFileSync(file);
    return {
      header: JSON.parse(bytes.toString('latin1', 0, headerLength)) as Header,
      data: bytes.subarray(headerLength),
    };
  } catch {
    return undefined; // there is none, or one that was cut short
  }
}

/** A run adds its functions to those that were loaded, if its command is new or it was much longer than those before. */
function saveWhatIsNew(): void {
  const { user } = process.cpuUsage();
  const milliseconds = Math.round(user / 1000);
  // Not a value of an option before the command: there are too many of these.
  const verb = process.argv.slice(2).find((word) => /^[a-z]+$/.test(word)) ?? '';
  const { longest, verbs } = header ?? { longest: 0, verbs: [] };
  if (verbs.includes(verb) && milliseconds < 2 * longest) return;
  const text = JSON.stringify({ longest: Math.max(longest, milliseconds), verbs: [...new Set([...verbs, verb])] });
  if (text.length > headerLength) return;
  try {
    save(Buffer.concat([Buffer.from(text.padEnd(headerLength), 'latin1'), script.createCachedData()]));
  } catch {} // a cache that cannot be written is none
}

/** Synced before it gets its name: V8 does not look whether what it reads is whole. */
function save(content: Uint8Array): void {
  makeFolders(folder!);
  const temporary = `${file}.${process.pid}`;
  const descriptor = fs.openSync(temporary, 'w', 0o600);
  fs.writeSync(descriptor, content);
  fs.fsyncSync(descriptor);
  fs.closeSync(descriptor);
  fs.renameSync(temporary, file);
  for (const name of fs.readdirSync(folder!)) {
    const old = join(folder!, name);
    if (fs.statSync(old).mtimeMs < Date.now() - month) fs.rmSync(old, { recursive: true });
  }
}
