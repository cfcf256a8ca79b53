/** `sysbuild config` */
import { AppError, operations, type SettingReport } from '../../app/index.ts';
import { didYouMean } from '../../base/text.ts';
import type { Command } from '../command.ts';
import { wrap } from '../help.ts';
import { jsonOption } from '../options.ts';
import { renderJson } from '../render/json.ts';
import type { Theme } from '../render/theme.ts';

export const command: Command = {
  name: 'config',
  summary: 'show every setting, its value, and where the value comes from',
  operands: '[NAME]…',
  description:
    'Settings are read from /etc/sysbuild/sysbuild.conf, from sysbuild/sysbuild.conf in the folder of your own ' +
    'configuration, from the variables NIX_CONFIG and SYSBUILD_CONFIG (lines "NAME = VALUE"), and from options ' +
    '(--NAME VALUE, or --option NAME VALUE), each over the one before. A list takes more with extra-NAME.',
  options: [jsonOption],
  examples: [
    { command: 'sysbuild config', what: 'All settings.' },
    { command: 'sysbuild config mirror-debian', what: 'One of them.' },
  ],
  async run(invocation) {
    const { configFiles, showConfig } = await operations.showConfig();
    const all = showConfig(invocation.config);
    const { operands, terminal } = invocation;
    const shown = operands.length === 0 ? all : operands.map((name) => find(all, name));
    if (invocation.flag('json')) {
      terminal.out(renderJson(Object.fromEntries(shown.map(({ name, ...rest }) => [name, rest]))));
      return undefined;
    }
    for (const setting of shown) terminal.out(describe(setting, terminal.outTheme));
    if (operands.length === 0) terminal.out(`Files: ${configFiles(invocation.env).join(', ')}\n`);
    return undefined;
  },
};

function find(all: readonly SettingReport[], name: string): SettingReport {
  const found = all.find((setting) => setting.name === name);
  if (found !== undefined) return found;
  const near = didYouMean(
    name,
    all.map((setting) => setting.name),
  );
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : undefined;
  throw new AppError('app/usage', `there is no setting '${name}'`, { hint, details: { name } });
}

function describe(setting: SettingReport, theme: Theme): string {
  const head = `${theme.strong(setting.name)} = ${setting.text}`.trimEnd();
  const doc = wrap(setting.doc, 96).map((line) => `    ${line}\n`);
  return `${head}  ${theme.dim(`(${setting.origin})`)}\n${doc.join('')}`;
}
