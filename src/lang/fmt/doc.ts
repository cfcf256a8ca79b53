/**
 * Documents: text with places where lines may break. A group is written on one line if that is short enough, else its
 * own lines break (Oppen, "Prettyprinting", 1980; Wadler, "A prettier printer", 2003). What must break says so, and so
 * do all groups around it.
 */

export type Doc = string | Node;

type Node =
  | { readonly kind: 'all'; readonly docs: readonly Doc[]; readonly hard: boolean }
  /** A new line, or in a group on one line the text `flat`. */
  | { readonly kind: 'line'; readonly flat: string; readonly hard: boolean }
  /** A new line, where the current one is not empty. */
  | { readonly kind: 'fresh'; readonly hard: true }
  /** An empty line, where there is none. */
  | { readonly kind: 'blank'; readonly hard: true }
  | { readonly kind: 'nest'; readonly doc: Doc; readonly hard: boolean }
  | { readonly kind: 'group'; readonly doc: Doc; readonly hard: boolean }
  /** The first of these whose first line is short enough; the last, when none is. */
  | { readonly kind: 'choice'; readonly docs: readonly Doc[]; readonly hard: boolean }
  /** Text for the end of the line, wherever that is. */
  | { readonly kind: 'suffix'; readonly text: string; readonly hard: true }
  /** A new line, where a comment for the end of the current one is waiting: what follows has lines of its own. */
  | { readonly kind: 'settle'; readonly hard: false }
  /** Text of several lines that stays as it is. */
  | { readonly kind: 'raw'; readonly text: string; readonly hard: boolean };

/** Whether it cannot stand on one line. */
export const isHard = (doc: Doc): boolean => typeof doc !== 'string' && doc.hard;

export const all = (...docs: readonly Doc[]): Doc => ({ kind: 'all', docs, hard: docs.some(isHard) });
export const line: Doc = { kind: 'line', flat: ' ', hard: false };
export const softLine: Doc = { kind: 'line', flat: '', hard: false };
export const hardLine: Doc = { kind: 'line', flat: '', hard: true };
export const fresh: Doc = { kind: 'fresh', hard: true };
export const settle: Doc = { kind: 'settle', hard: false };
export const blank: Doc = { kind: 'blank', hard: true };
export const nest = (...docs: readonly Doc[]): Doc => ({ kind: 'nest', doc: all(...docs), hard: docs.some(isHard) });
export const group = (...docs: readonly Doc[]): Doc => ({ kind: 'group', doc: all(...docs), hard: docs.some(isHard) });
export const suffix = (text: string): Doc => ({ kind: 'suffix', text, hard: true });
export const raw = (text: string): Doc => ({ kind: 'raw', text, hard: false });

export function choice(...docs: readonly Doc[]): Doc {
  return { kind: 'choice', docs, hard: docs.every(isHard) };
}

/** The same group with its lines broken; of a choice the last one, unless all have lines that break. */
export function broken(doc: Doc): Doc {
  if (typeof doc === 'string') return doc;
  if (doc.kind === 'choice') return doc.hard ? doc : broken(doc.docs.at(-1)!);
  if (doc.kind === 'all' && doc.docs.length > 0)
    return { ...doc, hard: true, docs: [broken(doc.docs[0]!), ...doc.docs.slice(1)] };
  return doc.kind === 'group' ? { ...doc, hard: true } : doc;
}

/** The same with no place where lines may break but those that must. */
export function flattened(doc: Doc): Doc {
  if (typeof doc === 'string') return doc;
  switch (doc.kind) {
    case 'line':
      return doc.hard ? doc : doc.flat;
    case 'all':
      return { ...doc, docs: doc.docs.map(flattened) };
    case 'nest':
    case 'group':
      return { ...doc, doc: flattened(doc.doc) };
    case 'choice':
      return flattened(doc.docs[0]!);
    default:
      return doc;
  }
}

export function join(docs: readonly Doc[], between: Doc): Doc {
  return all(...docs.flatMap((doc, index) => (index === 0 ? [doc] : [between, doc])));
}
