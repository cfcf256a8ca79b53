/**
 * The realm and the owner of every path, in this order: what a generation, a resource or sysbuild itself claims by
 * name; the configuration's rules; what packages claim; what programs of the host are known to generate; the places
 * that are left alone on every machine. What none of them speaks for is unknown. Pure.
 */
import type { Claim, Claims, MapRealm, Owner } from './claims.ts';
import { type EntryKind, folderOf, isWithin } from './entry.ts';
import { generatedPaths, leftAlone } from './generated.ts';
import { ourFolders } from './manifest-claims.ts';
import { type FolderRules, type RealmPattern, RealmRules, ruleIn } from './patterns.ts';

export interface Classified {
  readonly realm: MapRealm;
  readonly owner: Owner;
  /** The claim that names the path, where one does. */
  readonly claim: Claim | undefined;
  /** It is not declared, where everything has to be. */
  readonly extra: boolean;
}

/** What the questions about the paths of one folder have in common. */
interface FolderContext {
  readonly ours: Classified | undefined;
  readonly owned: Classified | undefined;
  readonly claimed: boolean;
  readonly rules: FolderRules;
  readonly builtIn: FolderRules;
}

const nobody: Classified = { realm: 'unknown', owner: { type: 'nobody' }, claim: undefined, extra: false };

const generatorNames = new Map(generatedPaths);
const builtInRules = new RealmRules([
  ...leftAlone,
  ...generatedPaths.map(([pattern, program]) => ({
    pattern,
    realm: 'convergent' as const,
    reason: program,
    declared: undefined,
  })),
]);

/** Strong claims come before the configuration's rules. */
const strong: ReadonlySet<Owner['type']> = new Set(['option', 'generation', 'store', 'sysbuild', 'resource']);

export interface ClassifierInput {
  readonly claims: Claims;
  readonly rules: readonly RealmPattern[];
  /** Folders whose whole content a generation brings, with the option that declares them. */
  readonly owned: readonly (readonly [folder: string, owner: Owner])[];
}

export class Classifier {
  readonly #claims: Claims;
  readonly #rules: RealmRules;
  readonly #owned: ClassifierInput['owned'];
  /** The folder that was asked about last: a walk asks about neighbours. */
  #folder = '';
  #context: FolderContext | undefined;
  readonly #contexts = new Map<string, FolderContext>();

  constructor({ claims, rules, owned }: ClassifierInput) {
    this.#claims = claims;
    this.#rules = new RealmRules(rules);
    this.#owned = owned;
  }

  /** @param folder that of the path, where it is known already */
  classify(path: string, kind: EntryKind, folder: string = folderOf(path)): Classified {
    const context = this.#contextOf(folder);
    const claim = context.claimed || path === '/' ? this.#claims.get(path) : undefined;
    if (claim !== undefined && strong.has(claim.owner.type)) return of(claim);
    if (context.ours !== undefined) return context.ours;
    if (context.owned !== undefined) return context.owned;
    const rule = ruleIn(context.rules, path);
    if (rule !== undefined) return ruled(rule, claim, kind);
    if (claim !== undefined) return of(claim);
    const known = ruleIn(context.builtIn, path);
    if (known === undefined) return path === '/' ? root : nobody;
    const program = generatorNames.get(known.pattern);
    return { ...byRule(known), owner: program === undefined ? ownerOf(known) : { type: 'generator', name: program } };
  }

  #contextOf(folder: string): FolderContext {
    if (this.#context !== undefined && folder === this.#folder) return this.#context;
    let context = this.#contexts.get(folder);
    if (context === undefined) {
      context = this.#newContext(folder);
      this.#contexts.set(folder, context);
    }
    this.#folder = folder;
    this.#context = context;
    return context;
  }

  #newContext(folder: string): FolderContext {
    const ours = ourFolders.find(([own]) => isWithin(folder, own));
    const owned = this.#owned.find(([own]) => isWithin(folder, own));
    return {
      ours: ours && { realm: 'congruent', owner: ours[1], claim: undefined, extra: false },
      owned: owned && { realm: 'congruent', owner: owned[1], claim: undefined, extra: true },
      claimed: this.#claims.hasIn(folder),
      rules: this.#rules.rulesFor(folder),
      builtIn: builtInRules.rulesFor(folder),
    };
  }
}

const root: Classified = { realm: 'congruent', owner: { type: 'generation' }, claim: undefined, extra: false };

function of(claim: Claim): Classified {
  return { realm: claim.realm, owner: claim.owner, claim, extra: false };
}

function ownerOf({ pattern, reason, declared }: RealmPattern): Owner {
  return { type: 'rule', pattern, reason, declared };
}

function byRule(rule: RealmPattern): Classified {
  return { realm: rule.realm, owner: ownerOf(rule), claim: undefined, extra: false };
}

/** Where a rule says congruent, what no generation declares has no business; folders on the way are no matter. */
function ruled(rule: RealmPattern, claim: Claim | undefined, kind: EntryKind): Classified {
  const extra = rule.realm === 'congruent' && kind !== 'directory' && claim === undefined;
  if (rule.realm === 'congruent' && claim !== undefined) return { ...byRule(rule), claim, extra: false };
  return { ...byRule(rule), claim: rule.realm === 'convergent' ? claim : undefined, extra };
}
