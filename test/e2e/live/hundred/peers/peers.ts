/**
 * Who finds what: the hundred deviations on one machine, looked at by sysbuild, `dpkg --verify`, Ansible in check mode and
 * Puppet in noop mode, each with as much of the same description as it can say. Prints the table of `docs/realms.md`.
 *
 *     node test/e2e/live/hundred/peers/peers.ts TREE
 *
 * TREE is a Debian tree as `test/support/machine/machine.sh` makes it, with ansible-core, python3-apt and puppet-agent.
 */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunResult, run } from '../../../../../src/base/process.ts';
import { root } from '../../../../support/program.ts';
import { type Deviation, deviations } from '../deviations.ts';
import { managed } from '../managed.ts';

const script = join(root, 'test/support/machine/machine.sh');
const here = new URL('.', import.meta.url).pathname;
const state = fs.mkdtempSync(join(tmpdir(), 'sysbuild-peers-'));

const system = managed.files as Record<
  string,
  string | { link?: string; folder?: string; text?: string; mode?: string; tree?: Record<string, string> }
>;
const units = Object.entries(managed.units ?? {}).map(([name, text]): [string, string] => [
  `/etc/systemd/system/${name}`,
  text as string,
]);
const files: { path: string; content: string; mode: string }[] = [];
const links: { path: string; target: string }[] = [];
const folders: { path: string; mode: string }[] = [];
for (const [path, file] of [...Object.entries(system), ...units]) {
  if (typeof file === 'string') files.push({ path, content: file, mode: '0644' });
  else if (file.link !== undefined) links.push({ path, target: file.link });
  else if (file.folder !== undefined) folders.push({ path, mode: file.folder });
  else if (file.tree !== undefined)
    for (const [name, content] of Object.entries(file.tree))
      files.push({ path: `${path}/${name}`, content, mode: '0644' });
  else files.push({ path, content: file.text ?? '', mode: file.mode ?? '0644' });
}
for (const link of managed.wanted ?? []) {
  const [target, unit] = link.split('/') as [string, string];
  links.push({ path: `/etc/systemd/system/${target}.wants/${unit}`, target: `../${unit}` });
}
const running = (managed.wanted ?? []).map((link) => link.split('/')[1]!);

const quote = (text: string): string => JSON.stringify(text).replaceAll('$', '\\$');

function puppetManifest(): string {
  const parts: Record<string, string> = {
    FILES: files
      .map(
        ({ path, content, mode }) =>
          `file { '${path}': ensure => file, mode => '${mode}', content => ${quote(content)} }`,
      )
      .join('\n'),
    LINKS: links.map(({ path, target }) => `file { '${path}': ensure => link, target => '${target}' }`).join('\n'),
    FOLDERS: folders.map(({ path, mode }) => `file { '${path}': ensure => directory, mode => '${mode}' }`).join('\n'),
    UNITS: running.map((name) => `service { '${name}': ensure => running }`).join('\n'),
  };
  return fs
    .readFileSync(join(here, 'manifest.pp'), 'utf8')
    .replace(/^# (FILES|LINKS|FOLDERS|UNITS)$/gm, (_, name: string) => parts[name]!);
}

let pid = '';

function inside(words: readonly string[], input?: string): Promise<RunResult> {
  const clean = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/root',
    LC_ALL: 'C.UTF-8',
  };
  const env = Object.entries({ ...clean, ANSIBLE_LOCALHOST_WARNING: 'false' }).map(
    ([name, value]) => `${name}=${value}`,
  );
  const args = ['-t', pid, '-m', '-u', '-i', '-n', '-p', '-C', '-w', '--', 'env', '-i', ...env, ...words];
  return run('nsenter', args, input === undefined ? { stdio: ['ignore', 'pipe', 'pipe'] } : { input });
}

async function must(words: readonly string[], input?: string): Promise<string> {
  const { status, stdout, stderr } = await inside(words, input);
  if (status !== 0) throw new Error(`${words.join(' ')}: ${status}\n${stdout.slice(-2000)}${stderr.slice(-2000)}`);
  return stdout;
}

const sysbuild = (...words: string[]): Promise<RunResult> =>
  inside([join(root, 'bin/sysbuild'), ...words, '--root', '/']);

/** Names of tasks, or of their items, that would change or that fail. */
async function ansible(): Promise<Set<string>> {
  const vars = JSON.stringify({ files, links, folders, units: running });
  await must(['sh', '-c', 'cat >/root/vars.json'], vars);
  await must(['sh', '-c', 'cat >/root/playbook.yml'], fs.readFileSync(join(here, 'playbook.yml'), 'utf8'));
  const { stdout, stderr } = await inside([
    'ansible-playbook',
    '--check',
    '-e',
    '@/root/vars.json',
    '/root/playbook.yml',
  ]);
  if (!stdout.includes('PLAY RECAP')) throw new Error(`ansible: ${stdout}${stderr}`);
  const found = new Set<string>();
  let task = '';
  for (const line of stdout.split('\n')) {
    task = /^TASK \[(.*)\]/.exec(line)?.[1] ?? task;
    const match = /^(?:changed|failed|fatal): \[localhost\](?:: FAILED!)?(?: =>)?(?: \(item=(.*?)\))?(?: =>|$)/.exec(
      line,
    );
    if (match !== null) found.add(match[1] ?? task);
  }
  return found;
}

/** Titles of resources that would change: files by their paths, others as `type name`. */
async function puppet(): Promise<Set<string>> {
  await must(['sh', '-c', 'cat >/root/manifest.pp'], puppetManifest());
  const { stdout, stderr } = await inside(['puppet', 'apply', '--noop', '--color=false', '/root/manifest.pp']);
  const found = new Set<string>();
  for (const line of `${stdout}\n${stderr}`.split('\n')) {
    const match = /(File|Service|User|Group|Package|Exec)\[([^\]]+)\]/.exec(line);
    if (match === null || !/current_value|noop|should be|Would have|\(err|Error/.test(line)) continue;
    const [, type, title] = match;
    if (type === 'File' || type === 'Exec') found.add(title!);
    else if (type === 'Service') found.add(`unit ${title}`);
    else found.add(`${type!.toLowerCase()} ${title}`);
  }
  if (process.env['PEERS_LOG']) fs.writeFileSync(process.env['PEERS_LOG'], stdout + stderr);
  return found;
}

async function dpkgVerify(): Promise<Set<string>> {
  const { stdout } = await inside(['dpkg', '--verify']);
  return new Set(stdout.split('\n').flatMap((line) => /^\S+ +(?:c )? *(\/\S+)/.exec(line)?.[1] ?? []));
}

interface Told {
  readonly subject: { readonly type: string; readonly name: string };
  readonly realm: string;
  readonly verdict: string;
}

async function drift(): Promise<readonly Told[]> {
  return (JSON.parse((await sysbuild('drift', '--json')).stdout) as { deviations: Told[] }).deviations;
}

/** Resources of ours as the others name them. */
const elsewhere: Readonly<Record<string, readonly string[]>> = {
  'resource spool': ['/srv/spool'],
  'resource inbox': ['/srv/inbox'],
  'resource acme-runs': ['unit acme.service'],
  'resource backups': ['unit dpkg-db-backup.timer'],
  'resource nightly': ['/etc/cron.d/sysbuild-nightly'],
  'resource weekly': ['/etc/cron.d/sysbuild-weekly'],
  'resource monthly': ['/etc/cron.d/sysbuild-monthly'],
  'resource syn': ['/etc/sysctl.d/60-sysbuild-syn.conf'],
  'resource marker': ['/var/lib/web/marker'],
  'resource users.app': ['user app'],
  'resource users.deploy': ['user deploy'],
  'resource groups.ops': ['group ops'],
  'resource auditors': ['group auditors'],
  'resource eve': ['user eve'],
  'resource mallory': ['user mallory'],
  'resource acme-tools': ['package acme-tools'],
};

const names = ({ subject }: Deviation): readonly string[] => [subject, ...(elsewhere[subject] ?? [])];

function foundByUs(all: readonly Told[], { subject, realm, verdict }: Deviation): boolean {
  return all.some((one) => {
    const name = one.subject.type === 'path' ? one.subject.name : `${one.subject.type} ${one.subject.name}`;
    const same = name === subject || (subject.startsWith('process ') && name.startsWith(`${subject} (`));
    return same && one.realm === realm && one.verdict === verdict;
  });
}

async function compare(tree: string): Promise<void> {
  const env = { ...process.env, SHARE: root };
  const booted = await run('bash', [script, 'boot', tree, state], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  if (booted.status !== 0) throw new Error(booted.stderr);
  pid = booted.stdout.trim();
  await must(['sh', join(here, '../prepare.sh')]);
  const [made] = JSON.parse(
    await must(
      [join(root, 'node_modules/.bin/node'), join(root, 'test/support/machine/make-systems.ts')],
      JSON.stringify([managed]),
    ),
  ) as string[];
  const switched = await sysbuild('switch', made!);
  if (switched.status !== 0) throw new Error(switched.stderr);
  await sysbuild('converge');
  await drift();
  // What a tool says of the machine as it should be does not count.
  const quiet = { ours: await drift(), ansible: await ansible(), puppet: await puppet(), dpkg: await dpkgVerify() };
  const loud = quiet.ours.filter(({ verdict }) => verdict !== 'inventory');
  const said = { ours: loud, ansible: [...quiet.ansible], puppet: [...quiet.puppet], dpkg: quiet.dpkg.size };
  process.stderr.write(`said before: ${JSON.stringify(said)}
`);
  for (const { shell } of deviations) await must(['sh', '-c', shell]);
  const [dpkg, byAnsible, byPuppet, ours] = [await dpkgVerify(), await ansible(), await puppet(), await drift()];
  const finds = (found: ReadonlySet<string>, before: ReadonlySet<string>) => (one: Deviation) =>
    names(one).some((name) => found.has(name) && !before.has(name));
  const tools = [
    ['sysbuild', (one: Deviation) => foundByUs(ours, one)],
    ['Puppet', finds(byPuppet, quiet.puppet)],
    ['Ansible', finds(byAnsible, quiet.ansible)],
    ['dpkg', finds(dpkg, quiet.dpkg)],
  ] as const;
  const lines = [
    `| deviation | realm | ${tools.map(([name]) => name).join(' | ')} |`,
    '|---|---|---|---|---|---|',
    ...deviations.map(
      (one) =>
        `| \`${one.subject}\`: \`${one.shell.replaceAll('|', '\\|')}\` | ${one.realm} | ${tools.map(([, by]) => (by(one) ? 'yes' : '–')).join(' | ')} |`,
    ),
    '',
    ...(['alarm', 'repair', 'report', 'growth', 'inventory'] as const).map((verdict) => {
      const all = deviations.filter((one) => one.verdict === verdict);
      return `| ${verdict} | ${all.length} | ${tools.map(([, by]) => all.filter(by).length).join(' | ')} |`;
    }),
    `| all | ${deviations.length} | ${tools.map(([, by]) => deviations.filter(by).length).join(' | ')} |`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

try {
  await compare(process.argv[2]!);
} finally {
  await run('bash', [script, 'cut', state]);
  await run('rm', ['-rf', state]);
}
