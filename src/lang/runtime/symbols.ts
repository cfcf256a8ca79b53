/**
 * The order in which names were first met: first those the language itself knows, then those of each file in the
 * order in which it was read. Where attributes are forced or compared one after the other, and one of them fails,
 * this order decides what is seen. It is worked out when it is first asked for.
 */
import type { Shape } from './shape.ts';

/** Names that the evaluator itself uses. */
const own =
  'outPath drvPath type meta name value system __overrides outputs outputName __ignoreNulls file line column ' +
  '__functor __toString right wrong __structuredAttrs __json allowedReferences allowedRequisites ' +
  'disallowedReferences disallowedRequisites maxSize maxClosureSize builder args __contentAddressed __impure ' +
  'outputHash outputHashAlgo outputHashMode recurseForDerivations description self  startSet operator key path ' +
  'prefix outputSpecified __sub __lessThan __mul __div or __findFile __nixPath body builtins true false null';

/** Builtins in their order; all but those with a dot are also known with two underscores before, and those first. */
const library =
  'currentTime currentSystem nixVersion storeDir langVersion traceVerbose nixPath .scopedImport .import typeOf ' +
  '.isNull isFunction isInt isFloat isString isBool isPath genericClosure .break .abort .throw addErrorContext ceil ' +
  'floor tryEval getEnv seq deepSeq trace warn .derivationStrict .placeholder toPath storePath pathExists ' +
  '.baseNameOf .dirOf readFile findFile hashFile readFileType readDir toXML toJSON fromJSON toFile filterSource path ' +
  'attrNames attrValues getAttr unsafeGetAttrPos hasAttr isAttrs .removeAttrs listToAttrs intersectAttrs catAttrs ' +
  "functionArgs mapAttrs zipAttrsWith isList elemAt head tail .map filter elem concatLists length foldl' any all " +
  'genList sort partition groupBy concatMap add sub mul div bitAnd bitOr bitXor lessThan .toString substring ' +
  'stringLength hashString convertHash match split concatStringsSep replaceStrings parseDrvName compareVersions ' +
  'splitVersion unsafeDiscardStringContext hasContext unsafeDiscardOutputDependency addDrvOutputDependencies ' +
  'getContext appendContext .fetchMercurial .fetchTree fetchurl .fetchTarball .fetchGit .fromTOML getFlake ' +
  'parseFlakeRef flakeRefToString .derivation .strict .drvAttrs .commonAttrs .outputsList .all .x ' +
  '.outputToAttrListElement';

const ids = new Map<string, number>();
let pending: (() => readonly string[])[] = [];
const orders = new WeakMap<Shape, readonly number[]>();

function intern(names: Iterable<string>): void {
  for (const name of names) if (!ids.has(name)) ids.set(name, ids.size);
}

function* libraryNames(): Generator<string> {
  for (const name of library.split(' ')) {
    if (name.startsWith('.')) yield name.slice(1);
    else yield* [`__${name}`, name];
  }
}

/** Notes the names of a file that is read; they are asked for when an order is. */
export function meetNames(names: () => readonly string[]): void {
  pending.push(names);
}

/** The place of a name among all that were met; undefined for one that was not. */
export function placeMet(name: string): number | undefined {
  if (ids.size === 0) {
    intern(own.split(' '));
    intern(libraryNames());
  }
  if (pending.length > 0) {
    const met = pending;
    pending = [];
    for (const names of met) intern(names());
  }
  return ids.get(name);
}

function idOf(name: string): number {
  placeMet(name);
  let id = ids.get(name);
  if (id === undefined) {
    id = ids.size;
    ids.set(name, id);
  }
  return id;
}

/** Names in the order in which they were met. */
export function inOrderMet(names: readonly string[]): string[] {
  return [...names].sort((a, b) => idOf(a) - idOf(b));
}

const alone: readonly number[] = [0];

/** The places of a shape's names in the order in which these were met. */
export function orderOf(shape: Shape): readonly number[] {
  let order = orders.get(shape);
  if (order === undefined) {
    const { names } = shape;
    if (names.length === 1) return alone;
    order = names.map((_, i) => i).sort((a, b) => idOf(names[a]!) - idOf(names[b]!));
    orders.set(shape, order);
  }
  return order;
}
