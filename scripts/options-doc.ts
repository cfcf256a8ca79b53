/**
 * Writes `docs/options.md` from the declarations of the module library: `node scripts/options-doc.ts`. A test says when
 * the file is not what the library says.
 */
import { tmpdir } from 'node:os';
import { loadConfig, type OptionSummary, operations } from '../src/app/index.ts';
import { writeFileAtomic } from '../src/base/fs-atomic.ts';

/** The page, as text. */
export async function optionsPage(): Promise<string> {
  const env = { PATH: process.env['PATH'], HOME: tmpdir() };
  const config = loadConfig(env, '/', [{ name: 'store', value: 'dummy://', origin: 'options-doc' }]);
  const signal = new AbortController().signal;
  const session = { config, env, cwd: '/', sink: { emit: () => {} }, signal };
  const { findOptions } = await operations.options();
  const answer = await findOptions(session, { subject: undefined, query: undefined, internal: false });
  const options = answer.kind === 'list' ? answer.options : [];
  const groups = Map.groupBy(options, groupOf);
  const contents = [...groups].map(([group, members]) => `- [\`${group}\`](#${anchor(group)}) (${members.length})`);
  const sections = [...groups].map(([group, members]) => `## ${group}\n\n${members.map(describe).join('\n')}`);
  return `${head}\n${contents.join('\n')}\n\n${sections.join('\n')}`;
}

const head = `# Options of the module library

Made from the declarations by \`scripts/options-doc.ts\`; [modules.md](modules.md) says how they are used. \`<name>\` stands
for any name, \`*\` for an element of a list. \`sysbuild options\` shows the same in a terminal, and with \`--file\` the
values of a machine and who sets them.
`;

/** \`services.nginx\`, \`systemd.services\`, and for others the first name alone. */
function groupOf({ name }: OptionSummary): string {
  const [first, second] = name.split('.');
  return (first === 'services' || first === 'systemd') && second !== undefined ? `${first}.${second}` : first!;
}

const anchor = (group: string): string => group.toLowerCase().replaceAll('.', '');

function describe(option: OptionSummary): string {
  const facts = [`type: ${option.type}`];
  if (option.default !== null) facts.push(`default: ${code(option.default)}`);
  if (option.example !== null) facts.push(`example: ${code(option.example)}`);
  const place = option.declaredAt.map((at) => at.replace(/:\d+:\d+$/, '')).join(', ');
  return `### \`${option.name}\`\n\n${option.description}\n\n${facts.map((fact) => `- ${fact}\n`).join('')}- in \`${place}\`\n`;
}

/** Code in a line where it has one, in a block of its own otherwise. */
function code(text: string): string {
  if (!text.includes('\n')) return `\`${text}\``;
  return `\n\n${['```nix', ...text.split('\n'), '```'].map((line) => `  ${line}`.trimEnd()).join('\n')}\n`;
}

if (import.meta.main) {
  writeFileAtomic(new URL('../docs/options.md', import.meta.url).pathname, await optionsPage());
}
