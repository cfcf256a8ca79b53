/** One line, or one key, in a file that somebody else owns; and whole small files of ours. */
import { fromUnicode, toUnicode } from '../../../../base/bytes.ts';
import type { ConvergeEntry } from '../../../manifest.ts';
import { type MakeResource, type Resource, ResourceError, type World } from '../resource.ts';
import { cronPath, sysctlPath } from '../resource-paths.ts';
import { readSettings } from '../settings.ts';
import { keyOf, withKey, withLine, withoutKey, withoutLine } from '../text-edit.ts';
import { must } from './host-program.ts';

/** A file whose text has to be a fixed point of an edit. */
interface Edit {
  readonly path: string;
  readonly mode: number;
  readonly create: boolean;
  readonly what: string;
  /** The text as it has to be; undefined: no file. */
  readonly edit: (text: string) => string | undefined;
}

function editedFile({ files }: World, { path, mode, create, what, edit }: Edit): Resource {
  const text = (): string | undefined => {
    const bytes = files.read(path);
    return bytes === undefined ? undefined : toUnicode(bytes);
  };
  return {
    check() {
      const before = text();
      const after = edit(before ?? '');
      if (before === undefined) return after === undefined || after === '' ? undefined : `${path} is missing`;
      return after === before ? undefined : `${path}: ${what}`;
    },
    apply() {
      const before = text();
      if (before === undefined && !create) throw new ResourceError(`there is no ${path} to change`);
      const after = edit(before ?? '');
      if (after === undefined) files.remove(path);
      else if (after !== before) files.write(path, fromUnicode(after), mode);
    },
  };
}

export const line: MakeResource = (entry, world) => {
  const { present, match, text, ...file } = readSettings(entry, (settings) => {
    settings.only('path', 'line', 'match', 'ensure', 'create', 'mode');
    const pattern = settings.optional('match');
    return {
      path: settings.path('path'),
      text: settings.string('line'),
      match: pattern === undefined ? undefined : regularExpression(pattern),
      present: settings.present(),
      create: settings.boolean('create', false),
      mode: settings.mode() ?? 0o644,
    };
  });
  const edit = (before: string): string => (present ? withLine(before, text, match) : withoutLine(before, text, match));
  return editedFile(world, {
    ...file,
    edit,
    what: present ? `the line '${text}' is missing` : `the line '${text}' is there`,
  });
};

export const key: MakeResource = (entry, world) => {
  const { present, value, place, ...file } = readSettings(entry, (settings) => {
    settings.only('path', 'key', 'value', 'section', 'separator', 'ensure', 'create', 'mode');
    const key = settings.string('key');
    return {
      path: settings.path('path'),
      place: { key, section: settings.optional('section'), separator: settings.string('separator', '=') },
      value: settings.string('value', ''),
      present: settings.present(),
      create: settings.boolean('create', false),
      mode: settings.mode() ?? 0o644,
    };
  });
  const before = (): string => {
    const found = keyOf(toUnicode(world.files.read(file.path) ?? ''), place);
    return found === undefined
      ? `${place.key} is not set`
      : `${place.key} is '${found}'${present ? ` and not '${value}'` : ''}`;
  };
  const edit = (text: string): string => (present ? withKey(text, place, value) : withoutKey(text, place));
  return editedFile(world, {
    ...file,
    edit,
    get what() {
      return before();
    },
  });
};

export const cron: MakeResource = (entry, world) => {
  const { schedule, command, user, present } = readSettings(entry, (settings) => {
    settings.only('schedule', 'command', 'user', 'ensure');
    return {
      schedule: settings.string('schedule'),
      command: settings.string('command'),
      user: settings.string('user', 'root'),
      present: settings.present(),
    };
  });
  const text = `# ${describe(entry)}\n${schedule} ${user} ${command.replaceAll('%', '\\%')}\n`;
  const edit = (): string | undefined => (present ? text : undefined);
  const path = cronPath(entry.name);
  const what = present ? 'the job is not as declared' : 'the job is there';
  return withMode(world, path, 0o644, editedFile(world, { path, mode: 0o644, create: true, what, edit }));
};

export const sysctl: MakeResource = (entry, world) => {
  const { name, value, persist } = readSettings(entry, (settings) => {
    settings.only('key', 'value', 'persist');
    return {
      name: settings.string('key'),
      value: settings.string('value'),
      persist: settings.boolean('persist', true),
    };
  });
  if (!/^[\w*-]+([./][\w*:@-]+)+$/.test(name)) throw new ResourceError(`'${name}' is no setting of the kernel`);
  const edit = (): string | undefined => (persist ? `# ${describe(entry)}\n${name} = ${value}\n` : undefined);
  const what = 'it is not as declared for the next boot';
  const file = editedFile(world, { path: sysctlPath(entry.name), mode: 0o644, create: true, what, edit });
  const now = (): string => must(world, 'sysctl', ['-n', name]).trim().split(/\s+/).join(' ');
  const wanted = value.trim().split(/\s+/).join(' ');
  return {
    check() {
      const found = now();
      return found === wanted ? (persist ? file.check() : undefined) : `${name} is ${found} and not ${wanted}`;
    },
    async apply() {
      if (now() !== wanted) must(world, 'sysctl', ['-w', `${name}=${value}`]);
      if (persist) await file.apply();
    },
  };
};

/** cron ignores files of other modes. */
function withMode({ files }: World, path: string, mode: number, file: Resource): Resource {
  return {
    async check() {
      const found = await file.check();
      const state = files.state(path);
      return found ?? (state === undefined || state.mode === mode ? undefined : `${path} has another mode`);
    },
    async apply() {
      await file.apply();
      if (files.state(path) !== undefined) files.setMode(path, mode);
    },
  };
}

function describe({ declared }: ConvergeEntry): string {
  return `${declared.option} in ${declared.definedIn}; sysbuild converge keeps it`;
}

function regularExpression(source: string): RegExp {
  try {
    return new RegExp(source);
  } catch {
    throw new ResourceError(`'${source}' is no regular expression`);
  }
}
