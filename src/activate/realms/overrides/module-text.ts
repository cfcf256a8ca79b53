/**
 * A change that was made by hand as a module in the Nix language: files with their text, mode and owner, in the options
 * `environment.etc` and `files`. Pure.
 */

export type ChangedFile = { readonly path: string } & (
  | {
      readonly kind: 'file';
      /** Undefined for bytes that are no text: they stand in a file beside the module. */
      readonly text: string | undefined;
      readonly mode: number;
      readonly user: string;
      readonly group: string;
    }
  | { readonly kind: 'symlink'; readonly target: string }
  | { readonly kind: 'directory'; readonly mode: number; readonly user: string; readonly group: string }
);

export interface Promotion {
  readonly reason: string;
  readonly by: string;
  readonly from: string;
  readonly files: readonly ChangedFile[];
  /** Things that a module of files cannot say, for people. */
  readonly notes: readonly string[];
}

/** The module's text, and the names of the files that have to stand beside it, by the path that they are of. */
export function moduleText(promotion: Promotion): {
  readonly text: string;
  readonly beside: ReadonlyMap<string, string>;
} {
  const beside = new Map<string, string>();
  const entries = promotion.files.map((file) => entryText(file, beside));
  const head = [
    `# ${promotion.reason.replaceAll('\n', ' ')}`,
    `# An emergency change by ${promotion.by}, ${promotion.from}.`,
    ...promotion.notes.map((note) => `# ${note.replaceAll('\n', ' ')}`),
  ];
  return { text: `${head.join('\n')}\n{\n${entries.join('\n')}}\n`, beside };
}

function entryText(file: ChangedFile, beside: Map<string, string>): string {
  const inEtc = file.path.startsWith('/etc/');
  const option = inEtc ? `environment.etc.${nixString(file.path.slice(5))}` : `files.${nixString(file.path)}`;
  const lines = attributesOf(file, beside).map((line) => `    ${line}\n`);
  return `  ${option} = {\n${lines.join('')}  };\n`;
}

function attributesOf(file: ChangedFile, beside: Map<string, string>): string[] {
  if (file.kind === 'symlink') return ['kind = "symlink";', `source = ${nixString(file.target)};`];
  const owner = [
    `mode = "${file.mode.toString(8).padStart(4, '0')}";`,
    ...(file.user === 'root' ? [] : [`user = ${nixString(file.user)};`]),
    ...(file.group === 'root' ? [] : [`group = ${nixString(file.group)};`]),
  ];
  if (file.kind === 'directory') return ['kind = "directory";', ...owner];
  if (file.text !== undefined) return [`text = ${nixText(file.text, '      ')};`, ...owner];
  const name = `${file.path.slice(1).replace(/[^\w.+-]/g, '-')}.content`;
  beside.set(file.path, name);
  return [`source = ./${name};`, ...owner];
}

/** A string between double quotes. */
export function nixString(text: string): string {
  const escaped = text
    .replace(/[\\"]/g, '\\$&')
    .replaceAll('${', '\\${')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `"${escaped}"`;
}

/** A text of lines between two quotes, where its own indentation survives that; else between double quotes. */
export function nixText(text: string, indent: string): string {
  const lines = text.split('\n');
  const plain = lines.length > 1 && lines.at(-1) === '' && !/[\r\t\0]/.test(text);
  const anchored = lines.some((line) => /^\S/.test(line));
  const blank = lines.slice(0, -1).some((line) => /^ +$/.test(line));
  const quotes = /''|'\$|\$\$/.test(text);
  if (!plain || !anchored || blank || quotes) return nixString(text);
  const body = lines.slice(0, -1).map((line) => (line === '' ? '' : indent + line.replaceAll('${', "''${")));
  return `''\n${body.join('\n')}\n${indent.slice(2)}''`;
}
