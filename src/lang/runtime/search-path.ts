/** `<name/rest>`: looking a name up in a list of prefixes and paths. */
import { EvalError } from '../errors.ts';
import { type Host, HostError } from '../host.ts';
import { canonicalPath } from './coerce.ts';
import { Path } from './value.ts';

export interface SearchEntry {
  readonly prefix: string;
  readonly path: string;
}

/** What is left of `text` after the prefix of an entry, or undefined when the entry is not for it. */
function suffixAfter(prefix: string, text: string): string | undefined {
  if (!text.startsWith(prefix)) return undefined;
  if (prefix === '' || text.length === prefix.length) return text.slice(prefix.length);
  return text[prefix.length] === '/' ? text.slice(prefix.length + 1) : undefined;
}

/** Finds names in search paths; remembers which entries exist. */
export class SearchPath {
  readonly #host: Host;
  readonly #entries = new Map<string, string | undefined>();

  constructor(host: Host) {
    this.#host = host;
  }

  find(text: string, entries: readonly SearchEntry[]): Path {
    for (const { prefix, path } of [...entries, ...this.#host.settings.builtinPath]) {
      const suffix = suffixAfter(prefix, text);
      if (suffix === undefined) continue;
      const root = this.#root(path);
      const found = root === undefined ? undefined : this.#existing(canonicalPath(`${root}/${suffix}`));
      if (found !== undefined) return new Path(found);
    }
    const message = this.#host.settings.pure
      ? `cannot look up '<${text}>' in pure evaluation mode (use '--impure' to override)`
      : `file '${text}' was not found in the Nix search path (add it using $NIX_PATH or -I)`;
    throw new EvalError('throw', message);
  }

  /** The folder or file of an entry; one that is not there is ignored, with a warning. */
  #root(path: string): string | undefined {
    if (this.#entries.has(path)) return this.#entries.get(path);
    const found = isUrl(path) ? this.#download(path) : this.#existing(path);
    if (found === undefined) {
      const why = isUrl(path) ? 'cannot be downloaded' : 'does not exist';
      this.#host.emit('lint', `Nix search path entry '${path}' ${why}, ignoring`);
    }
    this.#entries.set(path, found);
    return found;
  }

  #download(url: string): string | undefined {
    try {
      return this.#host.fetch({ kind: 'tarball', args: { url: resolveChannel(url) } }).path;
    } catch (error) {
      if (error instanceof HostError) return undefined;
      throw error;
    }
  }

  /** The path without symbolic links, or undefined where nothing is. */
  #existing(path: string): string | undefined {
    try {
      return this.#host.realPath(path);
    } catch (error) {
      if (error instanceof HostError && error.code === 'host/missing') return undefined;
      throw error;
    }
  }
}

function isUrl(text: string): boolean {
  return /^(channel:|(https?|file|ftp|git|s3|ssh):\/\/)/.test(text);
}

function resolveChannel(url: string): string {
  const name = /^channel:(.*)$/.exec(url)?.[1];
  return name === undefined ? url : `https://channels.nixos.org/${name}/nixexprs.tar.xz`;
}
