/** Options for people: one with all that is known of it, or many in a line each. */
import { relative } from 'node:path';
import type { OptionDetail, OptionSummary } from '../../app/index.ts';
import type { Theme } from './theme.ts';

/** Name, and the first sentence of what it is. */
export function renderOptionList(options: readonly OptionSummary[], theme: Theme): string {
  const width = Math.min(48, Math.max(0, ...options.map((option) => option.name.length)));
  return options.map((option) => `${theme.strong(option.name)}${gap(option.name, width)}${first(option)}\n`).join('');
}

function gap(name: string, width: number): string {
  return ' '.repeat(Math.max(0, width - name.length) + 2);
}

function first({ description }: OptionSummary): string {
  const line = description.replaceAll(/\s+/g, ' ');
  const end = line.search(/[.:](?= |$)/);
  return end === -1 ? line : line.slice(0, end);
}

export function renderOption(option: OptionDetail, cwd: string, theme: Theme): string {
  const near = (place: string): string => theme.place(placeFrom(place, cwd));
  const rows: [label: string, text: string][] = [['type', option.type]];
  if (option.readOnly) rows.push(['', 'set by the module that declares it alone']);
  if (option.default !== null) rows.push(['default', option.default]);
  if (option.example !== null) rows.push(['example', option.example]);
  if (option.error !== null) rows.push(['value', theme.error(option.error)]);
  else if (option.value !== null) rows.push(['value', theme.strong(option.value)]);
  for (const { place, value } of option.definitions) rows.push(['set at', `${near(place)}\n${value}`]);
  for (const { place, value } of option.overridden) rows.push(['overridden at', `${near(place)}\n${value}`]);
  for (const place of option.declaredAt) rows.push(['declared at', near(place)]);
  for (const [index, name] of option.below.entries()) rows.push([index === 0 ? 'options inside' : '', name]);
  const head = [theme.strong(option.name), ...option.description.split('\n').map((line) => `  ${line}`.trimEnd()), ''];
  return `${[...head, ...rows.flatMap(([label, text]) => renderRow(label, text, theme))].join('\n')}\n`;
}

const labelWidth = 16;

function renderRow(label: string, text: string, theme: Theme): string[] {
  const [firstLine = '', ...more] = text.split('\n');
  return [
    `  ${theme.dim(label.padEnd(labelWidth))}${firstLine}`,
    ...more.map((line) => `  ${' '.repeat(labelWidth)}${line}`.trimEnd()),
  ];
}

/** The path from here where that is shorter. */
function placeFrom(place: string, cwd: string): string {
  if (!place.startsWith('/')) return place;
  const near = relative(cwd, place);
  return near.length < place.length && !near.startsWith('../..') ? near : place;
}
