/**
 * The units that a generation declares: files, drop-ins, masks and enablement links below `/etc/systemd/system`, read
 * as the service manager would read them. Pure: the content of files comes from a reader.
 */
import type { Declaration } from '../manifest-fields.ts';
import type { DesiredTree } from '../tree-state.ts';
import { parseUnit, type UnitContent } from './unit-file.ts';
import { parseUnitName, templateOf } from './unit-name.ts';

export const unitFolder = '/etc/systemd/system';

/** A unit by what was declared of it. */
export interface Unit {
  readonly name: string;
  /** Nothing may start it. */
  readonly masked: boolean;
  /** It has a file of its own, not only drop-ins to somebody else's. */
  readonly whole: boolean;
  readonly content: UnitContent;
  readonly declared: Declaration;
}

/** What asks for a unit: the unit whose `.wants` or `.requires` folder has a link to it. */
export interface Want {
  readonly by: string;
  readonly declared: Declaration;
}

interface Parts {
  texts: { path: string; text: string }[];
  file: { text: string; masked: boolean } | undefined;
  declared: Declaration;
}

export class UnitSet {
  readonly #parts = new Map<string, Parts>();
  readonly #wants = new Map<string, Want[]>();

  /** @param textOf the text of what the entry at a path wants there, links in the store followed; undefined if it has none */
  constructor(tree: DesiredTree, textOf: (path: string) => string | undefined) {
    for (const entry of tree.values()) {
      if (!entry.path.startsWith(`${unitFolder}/`) || entry.state.kind === 'directory') continue;
      const [name, inner, ...more] = entry.path.slice(unitFolder.length + 1).split('/');
      if (inner === undefined) this.#addFile(name!, entry.state, entry.declared, textOf(entry.path));
      else if (more.length === 0) this.#addInner(name!, inner, entry.path, entry.declared, textOf);
    }
  }

  #addFile(
    name: string,
    state: { readonly kind: string; readonly target?: string },
    declared: Declaration,
    text: string | undefined,
  ): void {
    if (parseUnitName(name) === undefined) return;
    const target = state.kind === 'symlink' ? state.target! : undefined;
    const masked = target === '/dev/null' || text?.trim() === '';
    // A link to a unit of another name is that unit's second name.
    const isAlias = target !== undefined && target !== '/dev/null' && baseName(target) !== name;
    if (isAlias || (text === undefined && !masked)) return;
    this.#of(name, declared).file = { text: text ?? '', masked };
  }

  #addInner(
    folder: string,
    inner: string,
    path: string,
    declared: Declaration,
    textOf: (path: string) => string | undefined,
  ): void {
    const [, owner, kind] = /^(.*)\.(d|wants|requires|upholds)$/.exec(folder) ?? [];
    if (owner === undefined || parseUnitName(owner) === undefined) return;
    if (kind === 'd') {
      const text = inner.endsWith('.conf') ? textOf(path) : undefined;
      if (text !== undefined) this.#of(owner, declared).texts.push({ path: inner, text });
    } else if (parseUnitName(inner) !== undefined) {
      this.#wants.set(inner, [...(this.#wants.get(inner) ?? []), { by: owner, declared }]);
    }
  }

  #of(name: string, declared: Declaration): Parts {
    const known = this.#parts.get(name);
    if (known !== undefined) return known;
    const parts: Parts = { texts: [], file: undefined, declared };
    this.#parts.set(name, parts);
    return parts;
  }

  /** Names of all declared units, templates too, and of what only a link asks for. */
  names(): Set<string> {
    return new Set([...this.#parts.keys(), ...this.#wants.keys()]);
  }

  /** The links that ask for a unit. */
  wants(name: string): readonly Want[] {
    return this.#wants.get(name) ?? [];
  }

  /** A unit, made from its template where it is an instance; undefined where nothing is declared of it. */
  get(name: string): Unit | undefined {
    const template = templateOf(name);
    const own = this.#parts.get(name);
    const general = template === undefined ? undefined : this.#parts.get(template);
    const source = own?.file ?? general?.file;
    const declared = own?.declared ?? general?.declared;
    if (declared === undefined) return undefined;
    const dropIns = [...byName([...(general?.texts ?? []), ...(own?.texts ?? [])]).values()];
    const masked = source?.masked ?? false;
    const texts = masked ? [] : [...(source === undefined ? [] : [source.text]), ...dropIns];
    return { name, masked, whole: source !== undefined, content: parseUnit(texts), declared };
  }

  /** The text of a unit's own file, for those who verify it; undefined for masks and drop-ins alone. */
  fileText(name: string): string | undefined {
    const file = this.#parts.get(name)?.file;
    return file === undefined || file.masked ? undefined : file.text;
  }
}

/** In the order of their names, which is the order they apply in; an instance's own replaces its template's. */
function byName(texts: readonly { path: string; text: string }[]): Map<string, string> {
  const found = new Map(texts.map(({ path, text }) => [path, text]));
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
