/** The URLs that a fetch tries, in order: its own, with every `mirror://NAME/…` replaced by the mirrors of that name. */
import { BuildError } from '../errors.ts';

export interface Candidate {
  readonly url: string;
  /** The name in `mirror://NAME/…` that it comes from. */
  readonly mirror: string | undefined;
}

export type Mirrors = Readonly<Record<string, readonly string[]>>;

/** The words for the setting that mirrors are read from. */
export function mirrorSetting(name: string): string {
  return `mirror-${name}`;
}

/** @throws BuildError `build/fetch-failed` for a mirror that is not known, `build/unsupported` for other schemes */
export function candidatesOf(urls: readonly string[], mirrors: Mirrors): Candidate[] {
  return urls.flatMap((url) => candidatesOfOne(url, mirrors));
}

function candidatesOfOne(url: string, mirrors: Mirrors): Candidate[] {
  const mirrored = /^mirror:\/\/([^/]+)\/+(.*)$/s.exec(url);
  if (mirrored !== null) {
    const [, name, path] = mirrored;
    const bases = mirrors[name!] ?? [];
    if (bases.length === 0) throw noMirror(url, name!);
    return bases.map((base) => ({ url: `${base.replace(/\/+$/, '')}/${path}`, mirror: name }));
  }
  if (/^(https?|file):/.test(url)) return [{ url, mirror: undefined }];
  throw new BuildError('build/unsupported', `cannot fetch '${url}': only http, https, file and mirror URLs are known`, {
    details: { url },
  });
}

function noMirror(url: string, name: string): BuildError {
  return new BuildError('build/fetch-failed', `no mirror is known for '${url}'`, {
    hint: `Set '${mirrorSetting(name)}' to one or more base URLs${name === 'debian' ? ' (by default those of apt, which names none here)' : ''}.`,
    details: { url, setting: mirrorSetting(name) },
  });
}
