/**
 * Shell completion, generated from the declarations of all commands. The scripts are plain: they need nothing of
 * sysbuild when they run, so that completing a word is as fast as the shell.
 */
import type { Command, Completion, Option } from './command.ts';
import { optionsOf } from './parse.ts';

export type Shell = 'bash' | 'zsh' | 'fish';

export function completionScript(shell: Shell, commands: readonly Command[]): string {
  switch (shell) {
    case 'bash':
      return bash(commands);
    case 'zsh':
      return zsh(commands);
    case 'fish':
      return fish(commands);
  }
}

const visible = (command: Command): Option[] => optionsOf(command).filter((option) => option.hidden !== true);

/** Each option's words: `-A` and `--attr`. */
function words(option: Option): string[] {
  return option.short === undefined ? [`--${option.long}`] : [`-${option.short}`, `--${option.long}`];
}

function bashAction(completion: Completion | undefined): string {
  if (completion === 'file') return 'compgen -f -- "$current"';
  if (completion === 'directory') return 'compgen -d -- "$current"';
  if (completion === undefined || completion === 'none') return ':';
  return `compgen -W '${completion.join(' ')}' -- "$current"`;
}

const actionOf = (option: Option): string => bashAction(option.completes);

function bash(commands: readonly Command[]): string {
  const cases = commands.map((command) => {
    const options = visible(command);
    const withValues = [
      ...Map.groupBy(
        options.filter((option) => option.values.length > 0),
        actionOf,
      ),
    ].map(([action, same]) => `        ${same.flatMap(words).join('|')}) COMPREPLY=( $(${action}) ); return ;;`);
    return [
      `    '${command.name}')`,
      '      case $previous in',
      ...withValues,
      '      esac',
      `      if [[ $current == -* ]]; then COMPREPLY=( $(compgen -W '${options.flatMap(words).join(' ')}' -- "$current") )`,
      `      else COMPREPLY=( $(${bashAction(command.operandsComplete ?? 'file')}) ); fi ;;`,
    ].join('\n');
  });
  return `# sysbuild completion for bash: put this where your bash reads completions, or: source <(sysbuild completion bash)
_sysbuild() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} verb=\${COMP_WORDS[1]}
  COMPREPLY=()
  if (( COMP_CWORD == 1 )); then
    COMPREPLY=( $(compgen -W '${firstWords(commands).join(' ')} --help --version' -- "$current") )
    return
  fi
${groups(commands)
  .map(
    ([group, verbs]) =>
      `  if [[ $verb == ${group} ]]; then
    if (( COMP_CWORD == 2 )) && [[ $current != -* ]]; then
      COMPREPLY=( $(compgen -W '${verbs.join(' ')}' -- "$current") )
      return
    fi
    case \${COMP_WORDS[2]} in ${verbs.join('|')}) verb="$verb \${COMP_WORDS[2]}" ;; esac
  fi`,
  )
  .join('\n')}
  case $verb in
${cases.join('\n')}
  esac
}
complete -o filenames -F _sysbuild sysbuild
`;
}

function firstWords(commands: readonly Command[]): string[] {
  return [...new Set(commands.map((command) => command.name.split(' ')[0]!))];
}

/** `store` with `gc`, `verify`… */
function groups(commands: readonly Command[]): [string, string[]][] {
  const found = new Map<string, string[]>();
  for (const { name } of commands) {
    const [group, verb] = name.split(' ');
    if (verb !== undefined) found.set(group!, [...(found.get(group!) ?? []), verb]);
  }
  return [...found];
}

/** For single quotes in zsh and fish. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function zshAction(completion: Completion | undefined): string {
  if (completion === 'file') return '_files';
  if (completion === 'directory') return '_files -/';
  return completion === undefined || completion === 'none' ? ' ' : `(${completion.join(' ')})`;
}

function zsh(commands: readonly Command[]): string {
  const cases = commands.map((command) => {
    const specs = visible(command).flatMap((option) =>
      words(option).map((word) => {
        const doc = option.doc.replace(/[[\]:]/g, '\\$&');
        const values = option.values.map((value) => `:${value.replaceAll(':', ' ')}:${zshAction(option.completes)}`);
        return `      ${quoted(`*${word}[${doc}]${values.join('')}`)} \\`;
      }),
    );
    return [
      `    (${quoted(command.name)}) _arguments \\`,
      ...specs,
      `      '*:operand:${zshAction(command.operandsComplete ?? 'file')}' ;;`,
    ].join('\n');
  });
  const verbs = (entries: readonly string[]): string => entries.map(quoted).join(' ');
  return `#compdef sysbuild
# sysbuild completion for zsh: save it as _sysbuild in a folder of $fpath.
_sysbuild() {
  local verb=\${words[2]}
  if (( CURRENT == 2 )); then compadd -- ${verbs(firstWords(commands))}; return; fi
${groups(commands)
  .map(
    ([group, names]) =>
      `  if [[ $verb == ${group} ]]; then
    if (( CURRENT == 3 )); then compadd -- ${verbs(names)}; return; fi
    verb="$verb \${words[3]}"; shift words; (( CURRENT-- ))
  fi`,
  )
  .join('\n')}
  shift words; (( CURRENT-- ))
  case $verb in
${cases.join('\n')}
  esac
}
_sysbuild "$@"
`;
}

function fishFlags(completion: Completion | undefined): string {
  if (completion === 'file') return '-r -F';
  if (completion === 'directory') return "-x -a '(__fish_complete_directories)'";
  return completion === undefined || completion === 'none' ? '-x' : `-x -a ${quoted(completion.join(' '))}`;
}

function fish(commands: readonly Command[]): string {
  const lines = [
    '# sysbuild completion for fish: save it as ~/.config/fish/completions/sysbuild.fish',
    'complete -c sysbuild -n __fish_use_subcommand -f',
  ];
  const grouped = new Map(groups(commands));
  for (const word of firstWords(commands)) {
    const command = commands.find((one) => one.name === word);
    const what = command?.summary ?? grouped.get(word)!.join(', ');
    lines.push(`complete -c sysbuild -n __fish_use_subcommand -a ${word} -d ${quoted(what)}`);
  }
  for (const [group, verbs] of grouped) {
    const unless = `__fish_seen_subcommand_from ${group}; and not __fish_seen_subcommand_from ${verbs.join(' ')}`;
    lines.push(`complete -c sysbuild -n ${quoted(unless)} -f -a ${quoted(verbs.join(' '))}`);
  }
  for (const command of commands) {
    const condition = command.name
      .split(' ')
      .map((word) => `__fish_seen_subcommand_from ${word}`)
      .join('; and ');
    for (const option of visible(command)) {
      const letter = option.short === undefined ? '' : ` -s ${option.short}`;
      const value = option.values.length === 0 ? '' : ` ${fishFlags(option.completes)}`;
      const name = `-l ${option.long}${letter}${value} -d ${quoted(option.doc)}`;
      lines.push(`complete -c sysbuild -n ${quoted(condition)} ${name}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
