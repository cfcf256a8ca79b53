/** Which paths an evaluation may look at in restricted and pure mode, and what it is told otherwise. */
import { HostError } from '../lang/index.ts';

export interface Access {
  /** Allows a path and everything below it. */
  allow(path: string): void;
  isAllowed(path: string): boolean;
  /** @throws HostError host/restricted */
  check(path: string): void;
}

/** Everything is allowed. */
export const unrestricted: Access = { allow() {}, isAllowed: () => true, check() {} };

/** Only what was allowed, and the folders on the way to it. */
export class AllowList implements Access {
  readonly #prefixes = new Set<string>();
  /** Ancestors of the prefixes, themselves not included. */
  readonly #ancestors = new Set<string>(['/']);
  readonly #mode: string;

  constructor(pure: boolean) {
    this.#mode = pure ? "in pure evaluation mode (use '--impure' to override)" : 'in restricted mode';
  }

  allow(path: string): void {
    this.#prefixes.add(path);
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      this.#ancestors.add(path.slice(0, slash));
    }
  }

  isAllowed(path: string): boolean {
    if (this.#ancestors.has(path) || this.#prefixes.has('/')) return true;
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (this.#prefixes.has(path.slice(0, end))) return true;
    }
    return false;
  }

  check(path: string): void {
    if (this.isAllowed(path)) return;
    throw new HostError('host/restricted', `access to absolute path '${path}' is forbidden ${this.#mode}`, {
      details: { path },
    });
  }
}

/** Whether `uri` equals a prefix or lies below one: `https://a.b` does not allow `https://a.bc`. */
export function isAllowedUri(uri: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => {
    if (uri === prefix) return true;
    if (prefix === '' || uri.length <= prefix.length || !uri.startsWith(prefix)) return false;
    return prefix.endsWith('/') || uri[prefix.length] === '/' || /^[a-z][a-z0-9+.-]*:$/i.test(prefix);
  });
}
