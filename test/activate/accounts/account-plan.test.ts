/** Users and groups: which lines change, which numbers are given, what is refused, and that nobody else is touched. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AccountTexts, linesByName, withLines } from '../../../src/activate/accounts/account-lines.ts';
import { planAccounts } from '../../../src/activate/accounts/account-plan.ts';
import {
  type AccountFile,
  type AccountMemory,
  accountFiles,
  noMemory,
} from '../../../src/activate/accounts/account-values.ts';
import type { DeclaredGroup, DeclaredUser } from '../../../src/activate/manifest.ts';

const declared = { option: 'users.users.x', definedIn: 'm.nix' };
const user = (name: string, more: Partial<DeclaredUser> = {}): DeclaredUser => ({
  ...{ name, uid: undefined, group: name, groups: [], home: `/home/${name}`, createHome: false, shell: '/bin/sh' },
  ...{ description: '', system: false, passwordFile: undefined, locked: false, declared },
  ...more,
});
const group = (name: string, more: Partial<DeclaredGroup> = {}): DeclaredGroup => {
  return { name, gid: undefined, system: false, declared, ...more };
};

const debian: AccountTexts = {
  passwd:
    'root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/:/usr/sbin/nologin\nadmin:x:1000:1000::/home/admin:/bin/sh\n',
  group: 'root:x:0:\ndaemon:x:1:\nadmin:x:1000:\nsudo:x:27:admin\n',
  shadow: 'root:*:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\nadmin:$6$a:19000:0:99999:7:::\n',
  gshadow: 'root:*::\nsudo:*::admin\n',
};

interface Case {
  readonly texts?: AccountTexts;
  readonly before?: { users?: DeclaredUser[]; groups?: DeclaredGroup[] };
  readonly users?: DeclaredUser[];
  readonly groups?: DeclaredGroup[];
  readonly memory?: AccountMemory;
  readonly passwords?: Record<string, { hash: string; digest: string }>;
}

/** The plan, and the files and memory after it. */
function planned({ texts = debian, before = {}, users = [], groups = [], memory = noMemory, passwords = {} }: Case) {
  const plan = planAccounts({
    ...{ texts, memory, today: 20_000, hasFolder: () => false },
    before: { users: before.users ?? [], groups: before.groups ?? [] },
    after: { users, groups },
    passwords: new Map(Object.entries(passwords)),
  });
  const after = Object.fromEntries(
    accountFiles.map((file) => [
      file,
      withLines(
        texts[file],
        plan.work.lines.filter((line) => line.file === file),
      ),
    ]),
  ) as AccountTexts;
  const steps = plan.steps.map((step) => `${step.action} ${step.kind} ${step.name} ${step.id}`);
  return { steps, plan, texts: after, memory: plan.work.memory };
}
const line = (texts: AccountTexts, file: AccountFile, name: string) => linesByName(texts[file]).get(name);

test('a new user with its group: lines at the ends of the files, a number of its own', () => {
  const { steps, texts } = planned({
    users: [user('ann', { description: 'Ann', groups: ['sudo'] })],
    groups: [group('ann')],
  });
  expect(steps).toEqual(['create group ann 1001', 'change group sudo 27', 'create user ann 1001']);
  expect(line(texts, 'passwd', 'ann')).toBe('ann:x:1001:1001:Ann:/home/ann:/bin/sh');
  expect(line(texts, 'shadow', 'ann')).toBe('ann:*:20000:0:99999:7:::');
  expect(line(texts, 'group', 'sudo')).toBe('sudo:x:27:admin,ann');
  expect(line(texts, 'gshadow', 'sudo')).toBe('sudo:*::admin,ann');
  for (const file of accountFiles) expect(texts[file].startsWith(debian[file].split('\n')[0]!)).toBe(true);
});

test('an empty machine, and system accounts', () => {
  const none = { passwd: '', group: '', shadow: '', gshadow: '' };
  const { texts, steps } = planned({
    texts: none,
    users: [user('web', { system: true })],
    groups: [group('web', { system: true })],
  });
  expect(steps).toEqual(['create group web 999', 'create user web 999']);
  expect(texts).toMatchObject({ passwd: 'web:x:999:999::/home/web:/bin/sh\n', group: 'web:x:999:\n', gshadow: '' });
});

test('the same again changes nothing', () => {
  const now = { users: [user('ann', { groups: ['sudo'] })], groups: [group('ann')] };
  const first = planned(now);
  const second = planned({ ...now, before: now, texts: first.texts, memory: first.memory });
  expect(second.steps).toEqual([]);
  expect(second.plan.work.lines).toEqual([]);
  expect(second.memory).toEqual(first.memory);
});

describe('numbers', () => {
  test('are never given to another name, though nobody has them any more', () => {
    const memory = { ...noMemory, uids: { gone: 1001, web: 999 }, gids: { gone: 1001 } };
    const { steps } = planned({ memory, users: [user('ann')], groups: [group('ann')] });
    expect(steps).toEqual(['create group ann 1002', 'create user ann 1002']);
    expect(() => planned({ memory, users: [user('ann', { uid: 1001, group: 'sudo' })] })).toThrow(
      "the uid 1001 of 'ann' is that of 'gone'",
    );
  });
  test('come back with their name', () => {
    const memory = { ...noMemory, uids: { ann: 1234 }, gids: { ann: 1200 } };
    expect(planned({ memory, users: [user('ann')], groups: [group('ann')] }).steps).toEqual([
      'create group ann 1200',
      'create user ann 1234',
    ]);
  });
  test('that differ from those of the machine are refused, with the way out', () => {
    expect(() => planned({ users: [user('admin', { uid: 2000, group: 'sudo' })] })).toThrow(
      expect.objectContaining({
        code: 'activate/id-change',
        message: "'admin' has the uid 1000, and 2000 is declared",
        hint: expect.stringContaining('usermod -u 2000 admin; find / -xdev -uid 1000 -exec chown'),
      }),
    );
    expect(() => planned({ groups: [group('sudo', { gid: 28 })] })).toThrow(
      "'sudo' has the gid 27, and 28 is declared",
    );
  });
  test('that are declared are kept free for their names', () => {
    const users = [user('a'), user('b', { uid: 1001 })].map((one) => ({ ...one, group: 'sudo' }));
    expect(planned({ users }).steps).toEqual(['create user a 1002', 'create user b 1001']);
  });
});

describe('users that are there already', () => {
  test('are adopted with their number and password', () => {
    const { steps, texts } = planned({ users: [user('admin', { shell: '/bin/bash' })], groups: [group('admin')] });
    expect(steps).toEqual(['adopt group admin 1000', 'adopt user admin 1000']);
    expect(line(texts, 'passwd', 'admin')).toBe('admin:x:1000:1000::/home/admin:/bin/bash');
    expect(line(texts, 'shadow', 'admin')).toBe(line(debian, 'shadow', 'admin'));
  });
  test('say what of them changes', () => {
    const before = { users: [user('admin', { group: 'sudo' })] };
    const { plan } = planned({
      before,
      users: [user('admin', { group: 'sudo', shell: '/bin/zsh', home: '/srv/admin' })],
    });
    expect(plan.steps.map((step) => step.reason)).toEqual(['primary group, home, shell changed']);
  });
});

describe('users that are not declared any more', () => {
  const now = { users: [user('ann')], groups: [group('ann')] };
  const first = planned({ ...now, passwords: { ann: { hash: '$6$h', digest: 'd' } } });
  const removed = planned({ before: now, texts: first.texts, memory: first.memory });

  test('are locked and expired; their line, number and group stay', () => {
    expect(removed.steps).toEqual(['leave group ann 1001', 'lock user ann 1001']);
    expect(line(removed.texts, 'passwd', 'ann')).toBe(line(first.texts, 'passwd', 'ann'));
    expect(line(removed.texts, 'shadow', 'ann')).toBe('ann:!$6$h:20000:0:99999:7::1:');
  });
  test('come back with the password that they had', () => {
    const back = planned({
      ...now,
      texts: removed.texts,
      memory: removed.memory,
      passwords: { ann: { hash: '$6$h', digest: 'd' } },
    });
    expect(back.steps).toContain('unlock user ann 1001');
    expect(line(back.texts, 'shadow', 'ann')).toBe('ann:$6$h:20000:0:99999:7:::');
  });
  test('never come back without any password', () => {
    const texts = { ...debian, shadow: debian.shadow.replace('admin:$6$a:', 'admin:!:') };
    const before = { users: [user('admin', { group: 'sudo' })] };
    const gone = planned({ texts, before });
    expect(line(gone.texts, 'shadow', 'admin')).toBe('admin:!:19000:0:99999:7::1:');
    const back = planned({ texts: gone.texts, memory: gone.memory, users: before.users });
    expect(line(back.texts, 'shadow', 'admin')).toBe('admin:!:19000:0:99999:7:::');
  });
});

describe('passwords', () => {
  const before = { users: [user('admin', { group: 'sudo' })] };
  test('of a file that is as it was taken over leave alone what the user chose since', () => {
    const memory = { ...noMemory, passwords: { admin: 'same' } };
    const kept = planned({
      before,
      users: before.users,
      memory,
      passwords: { admin: { hash: '$6$file', digest: 'same' } },
    });
    expect(line(kept.texts, 'shadow', 'admin')).toContain('admin:$6$a:');
    const taken = planned({
      before,
      users: before.users,
      memory,
      passwords: { admin: { hash: '$6$file', digest: 'new' } },
    });
    expect(line(taken.texts, 'shadow', 'admin')).toBe('admin:$6$file:20000:0:99999:7:::');
    expect(taken.steps).toEqual(['change user admin 1000']);
  });
  test('are locked where that is declared, and unlocked again', () => {
    const locked = { users: [user('admin', { group: 'sudo', locked: true })] };
    const first = planned({ before, users: locked.users });
    expect(line(first.texts, 'shadow', 'admin')).toContain('admin:!$6$a:');
    const second = planned({ before: locked, users: before.users, texts: first.texts, memory: first.memory });
    expect(line(second.texts, 'shadow', 'admin')).toContain('admin:$6$a:');
  });
});

test('members that were never declared stay in their groups; declared ones come and go', () => {
  const before = { users: [user('ann', { group: 'sudo', groups: ['sudo'] })] };
  const first = planned(before);
  const second = planned({ before, texts: first.texts, memory: first.memory, users: [user('ann', { group: 'sudo' })] });
  expect(line(second.texts, 'group', 'sudo')).toBe('sudo:x:27:admin');
});

test('a group that is nowhere is named', () => {
  expect(() => planned({ users: [user('ann', { groups: ['wheel'], group: 'sudo' })] })).toThrow(
    "the group 'wheel' of the user 'ann' is neither declared nor on the machine",
  );
});

test('whatever is declared: foreign lines stay byte for byte, and undoing gives back the files', () => {
  const names = fc.uniqueArray(fc.constantFrom('ann', 'bob', 'admin', 'web', 'daemon'), { maxLength: 4 });
  const texts = fc.constantFrom(debian, { ...debian, passwd: `${debian.passwd}+nis\n# a comment\n\n`, shadow: '' });
  fc.assert(
    fc.property(names, names, texts, fc.boolean(), (old, now, files, locked) => {
      const before = { users: old.map((name) => user(name, { group: 'sudo', groups: ['root'] })) };
      const done = planned({ texts: files, before, users: now.map((name) => user(name, { group: 'sudo', locked })) });
      for (const file of accountFiles) {
        const changes = done.plan.work.lines.filter((change) => change.file === file);
        const touched = new Set(changes.map((change) => change.name));
        for (const [name, text] of linesByName(files[file]))
          if (!touched.has(name)) expect(done.texts[file]).toContain(`${text}\n`);
        const back = withLines(done.texts[file], changes, true);
        expect(back.trimEnd()).toBe(files[file].trimEnd());
        expect(withLines(done.texts[file], changes)).toBe(done.texts[file]);
      }
      for (const text of linesByName(done.texts.shadow).values()) expect(text.split(':')[1]).not.toBe('');
    }),
  );
});
