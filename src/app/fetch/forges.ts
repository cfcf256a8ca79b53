/**
 * Forges that serve archives of any commit: where the archive is, where to ask which commit a branch is at, and how to
 * read the answer. Pure; texts are Unicode.
 */
export type Forge = 'github' | 'gitlab' | 'sourcehut';

export interface ForgeInput {
  readonly type: Forge;
  readonly owner: string;
  readonly repo: string;
  /** Undefined: the forge's own. */
  readonly host: string | undefined;
}

const hosts: Readonly<Record<Forge, string>> = { github: 'github.com', gitlab: 'gitlab.com', sourcehut: 'git.sr.ht' };

export const isForge = (type: string | undefined): type is Forge => type !== undefined && type in hosts;

const hostOf = ({ type, host }: ForgeInput): string => host ?? hosts[type];

export function archiveUrl(input: ForgeInput, rev: string): string {
  const { type, owner, repo } = input;
  const base = `https://${hostOf(input)}`;
  if (type === 'gitlab') {
    return `${base}/api/v4/projects/${owner}%2F${repo}/repository/archive.tar.gz?sha=${rev}`;
  }
  return `${base}/${owner}/${repo}/archive/${rev}.tar.gz`;
}

/** What answers which commit a branch or tag is at. */
export function revisionUrl(input: ForgeInput, ref: string): string {
  const { type, owner, repo } = input;
  const host = hostOf(input);
  switch (type) {
    case 'github':
      return `${host === 'github.com' ? 'https://api.github.com' : `https://${host}/api/v3`}/repos/${owner}/${repo}/commits/${ref}`;
    case 'gitlab':
      return `https://${host}/api/v4/projects/${owner}%2F${repo}/repository/commits?ref_name=${ref}`;
    case 'sourcehut':
      return `https://${host}/${owner}/${repo}/info/refs`;
  }
}

/** The commit in the answer; undefined when it names none. */
export function revisionIn(type: Forge, ref: string, answer: string): string | undefined {
  const found = type === 'sourcehut' ? refIn(ref, answer) : hashIn(type, answer);
  return typeof found === 'string' && /^[0-9a-f]{40}$/.test(found) ? found : undefined;
}

function hashIn(type: 'github' | 'gitlab', answer: string): unknown {
  try {
    const json = JSON.parse(answer) as { readonly sha?: unknown } & readonly { readonly id?: unknown }[];
    return type === 'github' ? json.sha : json[0]?.id;
  } catch {
    return undefined;
  }
}

/** `HASH<TAB>refs/heads/NAME`, or a tag of that name. */
function refIn(ref: string, answer: string): string | undefined {
  const lines = answer.split('\n').map((line) => line.split('\t'));
  const wanted = ref === 'HEAD' ? ['HEAD'] : [`refs/heads/${ref}`, `refs/tags/${ref}`];
  for (const name of wanted) {
    const found = lines.find((line) => line[1] === name)?.[0];
    if (found !== undefined) return found;
  }
  return undefined;
}
