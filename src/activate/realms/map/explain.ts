/** All that is known of one path: realm, owner, what it has to be, what it is, and when it was looked at last. */
import { fromUnicode } from '../../../base/bytes.ts';
import type { Desired } from '../../tree-state.ts';
import type { RealmContext } from '../context.ts';
import type { Deviation } from '../deviation.ts';
import { judgeDeclaredFiles } from '../drift/declared-files.ts';
import { activeOverrides, coveredBy, type Override } from '../overrides/overrides.ts';
import { describeOwner, type Expected, type MapRealm, type Owner } from './claims.ts';
import type { Entry } from './entry.ts';
import { judgePath, octal } from './judge.ts';
import type { FirstSeen } from './known-paths.ts';
import { lastLook, readKnown } from './machine-map.ts';
import { scanByWalk } from './scan.ts';

export interface Explanation {
  readonly path: string;
  readonly realm: MapRealm;
  readonly owner: Owner;
  /** An owner whose claim is weaker. */
  readonly also: Owner | undefined;
  readonly outOfScope: boolean;
  /** In words, one a line. */
  readonly expected: readonly string[];
  readonly found: string;
  /** ISO 8601; undefined for what was never looked at. */
  readonly lastLook: string | undefined;
  readonly contentRead: string | undefined;
  readonly deviations: readonly Deviation[];
  readonly override: Override | undefined;
}

export async function explainPath(context: RealmContext, asked: string): Promise<Explanation> {
  const { classifier, files, scope, realm, generation } = context;
  const path = asked === '/' ? '/' : files.real(fromUnicode(asked));
  const entry = await entryAt(context, path);
  const classified = classifier.classify(path, entry?.kind ?? 'file');
  const known = readKnown(context).get(path);
  const md5 = classified.claim?.expected?.md5;
  const digest = md5 !== undefined && entry?.kind === 'file' ? files.digest(path, 'md5') : undefined;
  const wanted = generation?.tree.get(asked);
  const declared =
    wanted === undefined || realm.machine === undefined
      ? []
      : judgeDeclaredFiles(new Map([[asked, wanted]]), realm.machine.files, realm.layout.root);
  const look = lastLook(context);
  return {
    path: asked,
    realm: classified.realm,
    owner: classified.owner,
    also: classified.claim?.also,
    outOfScope: scope.leavesOut(path, entry?.kind ?? 'file'),
    expected: expectationsOf(wanted?.state, classified.claim?.expected, known?.first),
    found: entry === undefined ? 'nothing' : describeEntry(entry),
    lastLook: look === undefined ? undefined : new Date(look.time).toISOString(),
    contentRead: known?.read === undefined ? undefined : new Date(known.read.at).toISOString(),
    deviations: [...declared, ...judgePath({ path, classified, entry, known, digest })],
    override: coveredBy(activeOverrides(realm), { type: 'path', name: asked }),
  };
}

async function entryAt({ realm }: RealmContext, path: string): Promise<Entry | undefined> {
  for await (const batch of scanByWalk({ root: realm.layout.root, start: path, prune: [] }))
    for (const entry of batch) return entry;
  return undefined;
}

function expectationsOf(
  declared: Desired | undefined,
  expected: Expected | undefined,
  first: FirstSeen | undefined,
): string[] {
  if (declared !== undefined) {
    if (declared.kind === 'symlink') return [`a link to ${declared.target}`];
    const attributes = `mode ${octal(declared.mode)}${declared.uid === undefined ? '' : `, owner ${declared.uid}:${declared.gid}`}`;
    return declared.kind === 'directory'
      ? [`a folder, ${attributes}`]
      : [`the content of ${declared.source}`, attributes];
  }
  if (expected === undefined) return [];
  const seen =
    first === undefined
      ? []
      : [
          `as it was with ${first.owner}: ${first.kind}${first.kind === 'symlink' ? ` to ${first.target}` : `, mode ${octal(first.mode)}`}, owner ${first.uid}:${first.gid}`,
        ];
  const told = expected.mode === undefined ? [] : [`mode ${octal(expected.mode)} (dpkg-statoverride)`];
  return [
    ...(expected.md5 === undefined
      ? []
      : [`md5 ${expected.md5}${expected.conffile ? ', unless somebody configured it' : ''}`]),
    ...seen,
    ...told,
  ];
}

function describeEntry({ kind, mode, uid, gid, size, target }: Entry): string {
  if (kind === 'symlink') return `a link to ${target}`;
  return `a ${kind}, mode ${octal(mode)}, owner ${uid}:${gid}${kind === 'file' ? `, ${size} bytes` : ''}`;
}

/** An explanation as lines. */
export function describeExplanation(explanation: Explanation): string[] {
  const {
    path,
    realm,
    owner,
    also,
    expected,
    found,
    lastLook: look,
    contentRead,
    deviations,
    override,
    outOfScope,
  } = explanation;
  return [
    `${path}: ${realm}`,
    `owner: ${describeOwner(owner)}${also === undefined ? '' : `; also ${describeOwner(also)}`}`,
    ...(outOfScope ? ['it is out of the scope of the map'] : []),
    ...expected.map((line) => `expected: ${line}`),
    `found: ${found}`,
    ...deviations.map(
      ({ aspect, expected: want, found: have, since }) =>
        `deviates: ${aspect}, ${have} and not ${want}${since === undefined ? '' : `, since ${since}`}`,
    ),
    ...(override === undefined ? [] : [`overridden until ${override.until} by ${override.by}: ${override.reason}`]),
    `last look: ${look ?? 'never'}${contentRead === undefined ? '' : `; content read ${contentRead}`}`,
  ];
}
