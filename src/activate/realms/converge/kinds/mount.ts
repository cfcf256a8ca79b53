/** A file system that is mounted, now and at the next boot. */
import { fromUnicode, toUnicode } from '../../../../base/bytes.ts';
import { parseMounts } from '../../map/mounts.ts';
import type { MakeResource, World } from '../resource.ts';
import { readSettings } from '../settings.ts';
import { withLine, withoutLine } from '../text-edit.ts';
import { must, programs } from './host-program.ts';

const table = '/etc/fstab';

export const mount: MakeResource = (entry, world) => {
  const { what, where, type, options, mounted, persist } = readSettings(entry, (settings) => {
    settings.only('what', 'where', 'type', 'options', 'state', 'persist');
    return {
      what: settings.string('what'),
      where: settings.path('where'),
      type: settings.string('type'),
      options: (settings.strings('options') ?? ['defaults']).join(','),
      mounted: settings.oneOf('state', ['mounted', 'absent'], 'mounted') === 'mounted',
      persist: settings.boolean('persist', true),
    };
  });
  const line = [what, where, type, options, '0', '0'].map(escapeOctal).join(' ');
  const ofPlace = new RegExp(`^\\s*[^#\\s]\\S*\\s+${escapeOctal(where).replace(/[^\w/]/g, '\\$&')}\\s`);
  const edit = (text: string): string => (mounted ? withLine(text, line, ofPlace) : withoutLine(text, line, ofPlace));
  const text = (): string => toUnicode(world.files.read(table) ?? '');
  return {
    check() {
      const here = mountAt(world, where);
      if (!mounted && here !== undefined) return `${where} is mounted`;
      if (mounted && here === undefined) return `${where} is not mounted`;
      if (mounted && here!.type !== type && type !== 'none') return `a ${here!.type} is mounted at ${where}`;
      return persist && edit(text()) !== text() ? `${table} does not have ${where} as declared` : undefined;
    },
    apply() {
      if (persist && edit(text()) !== text()) world.files.write(table, fromUnicode(edit(text())), 0o644);
      const here = mountAt(world, where);
      if (here !== undefined && (!mounted || (here.type !== type && type !== 'none'))) must(world, 'umount', [where]);
      if (!mounted || mountAt(world, where) !== undefined) return;
      if (world.files.state(where) === undefined) world.files.makeFolder(where, 0o755);
      must(world, 'mount', ['-t', type, '-o', options, what, where]);
    },
  };
};

function mountAt(world: World, where: string): { readonly type: string } | undefined {
  const text = programs(world)('cat', ['/proc/self/mountinfo']).stdout;
  return parseMounts(fromUnicode(text), '').findLast(({ place }) => place === fromUnicode(where));
}

/** fstab(5) separates by white space. */
function escapeOctal(text: string): string {
  return text.replace(/[\s\\]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
}
