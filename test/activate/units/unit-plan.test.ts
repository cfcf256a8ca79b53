/** What happens to units: the table of rules, a case a line, and what comes along with a unit. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UnitPlanner } from '../../../src/activate/units/unit-plan.ts';
import { live, liveUnit, planned, type UnitFiles, unitSet, wanted } from './support.ts';

/** A service in two forms, running. */
const service = (before: string, after: string) =>
  planned(
    { 'a.service': before, ...wanted('a.service') },
    { 'a.service': after, ...wanted('a.service') },
    live('a.service'),
  );

const base = '[Service]\nExecStart=/bin/a\n';

describe('a running service whose file changed', () => {
  test.each<[string, string, string, string[]]>([
    ['nothing', base, base, []],
    ['the order of sections', `[Unit]\nA=1\n${base}`, `${base}[Unit]\nA=1\n`, []],
    ['a comment', base, `# new\n${base}`, []],
    ['a description', base, `[Unit]\nDescription=new\n${base}`, []],
    ['documentation gone', `[Unit]\nDocumentation=x\n${base}`, base, []],
    ['enabling', base, `${base}[Install]\nWantedBy=x.target\n`, []],
    ['a directive about switching', base, `${base}X-StopIfChanged=false\n`, []],
    ['the program', base, '[Service]\nExecStart=/bin/b\n', ['a.service stop-start']],
    ['another section', base, `${base}[New]\nA=1\n`, ['a.service stop-start']],
    ['a restart trigger', base, `[Unit]\nX-Restart-Triggers=/nix/store/x\n${base}`, ['a.service stop-start']],
    ['a reload trigger', base, `[Unit]\nX-Reload-Triggers=/nix/store/x\n${base}`, ['a.service reload']],
    ['how it is reloaded', base, `${base}ExecReload=/bin/kill\n`, ['a.service reload']],
    ['that it can be reloaded no more', `${base}ExecReload=/bin/kill\n`, base, []],
    [
      'a reload trigger and more',
      base,
      `[Unit]\nX-Reload-Triggers=x\nAfter=b.service\n${base}`,
      ['a.service stop-start'],
    ],
    ['wishing a reload', base, `${base}A=1\nX-ReloadIfChanged=true\n`, ['a.service reload']],
    [
      'wishing a reload and no restart',
      base,
      `${base}A=1\nX-ReloadIfChanged=1\nX-RestartIfChanged=no\n`,
      ['a.service reload'],
    ],
    ['wishing no restart', base, `${base}A=1\nX-RestartIfChanged=false\n`, ['a.service skip']],
    ['refusing to be stopped', base, `[Unit]\nRefuseManualStop=yes\n${base}A=1\n`, ['a.service skip']],
    ['started by hand only', base, `[Unit]\nX-OnlyManualStart=true\n${base}A=1\n`, ['a.service skip']],
    ['wishing no stop', base, `${base}A=1\nX-StopIfChanged=false\n`, ['a.service restart']],
  ])('%s', (_, before, after, expected) => {
    expect(service(before, after)).toEqual(expected);
  });
});

describe('by type', () => {
  test.each<[string, string, string, string[]]>([
    ['a.mount', '[Mount]\nWhat=x\n', '[Mount]\nWhat=y\n', ['a.mount restart']],
    ['a.mount', '[Mount]\nOptions=ro\n', '[Mount]\nOptions=rw\n', ['a.mount reload']],
    ['-.mount', '[Mount]\nWhat=x\n', '[Mount]\nWhat=y\n', ['-.mount reload']],
    ['a.slice', '[Slice]\nCPUWeight=1\n', '[Slice]\nCPUWeight=2\n', []],
    ['a.path', '[Path]\nPathExists=/a\n', '[Path]\nPathExists=/b\n', []],
    ['a.timer', '[Timer]\nOnCalendar=daily\n', '[Timer]\nOnCalendar=hourly\n', ['a.timer restart']],
    ['a.target', '[Unit]\nWants=b.service\n', '[Unit]\nWants=c.service\n', ['a.target start']],
    ['a.target', '[Unit]\nA=1\n', '[Unit]\nA=2\nX-StopOnReconfiguration=true\n', ['a.target stop-start']],
    ['a.socket', '[Socket]\nListenStream=1\n', '[Socket]\nListenStream=2\n', ['a.socket stop-start']],
  ])('%s', (name, before, after, expected) => {
    expect(planned({ [name]: before }, { [name]: after }, live(name))).toEqual(expected);
  });
});

describe('what comes and goes', () => {
  const unit: UnitFiles = { 'a.service': base };
  const masked: UnitFiles = { 'a.service': { link: '/dev/null' } };
  test.each<[string, UnitFiles, UnitFiles, string[], string[]]>([
    ['new and asked for', {}, { ...unit, ...wanted('a.service') }, [], ['a.service start']],
    ['new and not asked for', {}, unit, [], []],
    ['asked for by what does not run', {}, { ...unit, 'x.target.wants/a.service': { link: '../a.service' } }, [], []],
    ['newly asked for', unit, { ...unit, ...wanted('a.service') }, [], ['a.service start']],
    ['newly asked for, and runs', unit, { ...unit, ...wanted('a.service') }, ['a.service'], []],
    [
      'stopped by hand',
      { ...unit, ...wanted('a.service') },
      { ...unit, ...wanted('a.service') },
      ['a.service:inactive'],
      [],
    ],
    [
      'failed, and unchanged',
      { ...unit, ...wanted('a.service') },
      { ...unit, ...wanted('a.service') },
      ['a.service:failed'],
      ['a.service start'],
    ],
    [
      'failed, changed, asked for',
      { ...unit, ...wanted('a.service') },
      { 'a.service': `${base}A=1`, ...wanted('a.service') },
      ['a.service:failed'],
      ['a.service start'],
    ],
    ['failed and changed, of a timer', unit, { 'a.service': `${base}A=1` }, ['a.service:failed'], ['a.service forget']],
    ['gone', unit, {}, ['a.service'], ['a.service stop']],
    ['gone, and did not run', unit, {}, ['a.service:inactive'], []],
    ['gone, and had failed', unit, {}, ['a.service:failed'], ['a.service forget']],
    [
      'gone, but stays',
      { 'a.service': `${base}[Unit]\nX-StopOnRemoval=false\n` },
      {},
      ['a.service'],
      ['a.service skip'],
    ],
    ['masked', unit, masked, ['a.service'], ['a.service stop']],
    ['masked, by an empty file', unit, { 'a.service': '' }, ['a.service'], ['a.service stop']],
    ['masked before and after', masked, masked, ['a.service:inactive'], []],
    ['unmasked', masked, { ...unit, ...wanted('a.service') }, ['a.service:inactive'], ['a.service start']],
    [
      'only by hand',
      {},
      { 'a.service': `${base}[Unit]\nX-OnlyManualStart=yes`, ...wanted('a.service') },
      [],
      ['a.service skip'],
    ],
    [
      'refuses to be started',
      {},
      { 'a.service': `${base}[Unit]\nRefuseManualStart=yes`, ...wanted('a.service') },
      [],
      ['a.service skip'],
    ],
  ])('%s', (_, before, after, running, expected) => {
    expect(planned(before, after, live(...running))).toEqual(expected);
  });

  test('a mask by hand is left alone', () => {
    const now = live(liveUnit('a.service', 'inactive', { load: 'masked' }));
    expect(planned({}, { ...unit, ...wanted('a.service') }, now)).toEqual(['a.service skip']);
  });

  test('a unit whose file was taken away is started again', () => {
    const files = { ...unit, ...wanted('a.service') };
    const now = live(liveUnit('a.service', 'inactive', { load: 'not-found' }));
    expect(planned(files, files, now)).toEqual(['a.service start']);
  });

  test('a unit of a package: with drop-ins, without, and only asked for', () => {
    const dropIn: UnitFiles = { 'a.service.d/x.conf': '[Service]\nNice=1\n' };
    expect(planned({}, dropIn, live('a.service'), ['a.service'])).toEqual(['a.service stop-start']);
    expect(planned(dropIn, {}, live('a.service'), ['a.service'])).toEqual(['a.service stop-start']);
    expect(planned(dropIn, {}, live('a.service:inactive'), ['a.service'])).toEqual([]);
    expect(planned({}, wanted('a.service'), live('a.service:inactive'), ['a.service'])).toEqual(['a.service start']);
    expect(planned(wanted('a.service'), {}, live('a.service'), ['a.service'])).toEqual(['a.service stop']);
  });
});

describe('templates', () => {
  const template = (text: string): UnitFiles => ({ 'a@.service': text });
  test('instances follow their template, whatever their names', () => {
    const now = live('a@10.0.0.1.service', 'a@x.service', 'a@y.service:inactive');
    expect(planned(template(base), template(`${base}A=1`), now)).toEqual([
      'a@10.0.0.1.service stop-start',
      'a@x.service stop-start',
    ]);
    expect(planned(template(base), {}, now)).toEqual(['a@10.0.0.1.service stop', 'a@x.service stop']);
  });
  test('a drop-in of one instance is about it alone, and replaces that of the template', () => {
    const now = live('a@x.service', 'a@y.service');
    const before = { ...template(base), 'a@.service.d/o.conf': '[Service]\nNice=1' };
    const after = { ...before, 'a@x.service.d/o.conf': '[Service]\nNice=2' };
    expect(planned(before, after, now)).toEqual(['a@x.service stop-start']);
  });
  test('an instance that is asked for is started', () => {
    expect(planned({}, { ...template(base), ...wanted('a@1.2.service') }, live())).toEqual(['a@1.2.service start']);
  });
});

describe('sockets', () => {
  const socket = '[Socket]\nListenStream=1\n';
  const asked: UnitFiles = { 'sockets.target.wants/a.socket': { link: '../a.socket' } };
  test('a service that changed is started by its socket', () => {
    const files = (text: string): UnitFiles => ({ 'a.service': text, 'a.socket': socket, ...asked });
    const plan = planned(files(base), files(`${base}A=1`), live('a.service', 'a.socket'));
    expect(plan).toEqual(['a.service stop', 'a.socket stop-start']);
    expect(planned(files(base), files(`${base}A=1`), live('a.service', 'a.socket:inactive'))).toEqual([
      'a.service stop',
      'a.socket start',
    ]);
  });
  test('unless it must always run, or something asks for it', () => {
    const files = (text: string): UnitFiles => ({ 'a.service': text, 'a.socket': socket, ...asked });
    const both = ['a.service stop-start', 'a.socket stop-start'];
    const always = `${base}X-NotSocketActivated=true\n`;
    expect(planned(files(always), files(`${always}A=1`), live('a.service', 'a.socket'))).toEqual(both);
    const more = wanted('a.service');
    expect(
      planned({ ...files(base), ...more }, { ...files(`${base}A=1`), ...more }, live('a.service', 'a.socket')),
    ).toEqual(both);
  });
  test('a socket that is gone does not keep its service from starting', () => {
    const plan = planned(
      { 'a.service': base, 'a.socket': socket, ...asked },
      { 'a.service': `${base}A=1` },
      live('a.service', 'a.socket'),
    );
    expect(plan).toEqual(['a.service stop-start', 'a.socket stop']);
  });
  test('a socket alone that changed takes its service down first', () => {
    const files = (port: number): UnitFiles => ({
      'a.service': base,
      'a.socket': `[Socket]\nListenStream=${port}`,
      ...asked,
    });
    expect(planned(files(1), files(2), live('a.service', 'a.socket'))).toEqual([
      'a.service stop',
      'a.socket stop-start',
    ]);
    expect(planned(files(1), files(2), live('a.service:inactive', 'a.socket'))).toEqual(['a.socket stop-start']);
  });
  test('a service that names its sockets', () => {
    const files = (text: string): UnitFiles => ({
      'a.service': `${text}Sockets=b.socket\n`,
      'b.socket': `${socket}Service=a.service\n`,
      'sockets.target.wants/b.socket': { link: '../b.socket' },
    });
    expect(planned(files(base), files(`${base}A=1\n`), live('a.service', 'b.socket'))).toEqual([
      'a.service stop',
      'b.socket stop-start',
    ]);
  });
});

test('a timer rests while its service is changed', () => {
  const timer = { 'a.timer': '[Timer]\nOnCalendar=daily\n' };
  const now = live(liveUnit('a.service', 'active', { triggeredBy: ['a.timer'] }), 'a.timer');
  expect(planned({ 'a.service': base, ...timer }, { 'a.service': `${base}A=1`, ...timer }, now)).toEqual([
    'a.service stop-start',
    'a.timer stop-start',
  ]);
  expect(planned({ 'a.service': base, ...timer }, {}, now)).toEqual(['a.service stop', 'a.timer stop']);
  expect(planned({ 'a.service': base, ...timer }, { 'a.service': base, ...timer }, now)).toEqual([]);
});

test('why: the directives, with what they were and are, and who declared the unit', () => {
  const planner = new UnitPlanner({
    before: unitSet({ 'a.service': base }),
    after: unitSet({ 'a.service': '[Service]\nExecStart=/bin/b\n' }),
    live: live('a.service'),
    foreign: () => false,
  });
  expect(planner.steps()).toEqual([
    {
      ...{ unit: 'a.service', action: 'stop-start', reason: 'it changed', was: 'active', realm: 'congruent' },
      because: ['[Service] ExecStart: /bin/a -> /bin/b'],
      declared: { option: 'a.service', definedIn: 'm.nix' },
    },
  ]);
  expect(planner.explain('b.service')).toBeUndefined();
});

test('whatever changes: a second switch to the same units does nothing to what runs', () => {
  const name = fc.constantFrom('a.service', 'a.socket', 'b@.service', 'c.timer', 'd.target', 'a.service.d/x.conf');
  const content = fc.constantFrom(
    '',
    '[Service]\nA=1\n',
    '[Unit]\nX-Reload-Triggers=1\n',
    '[Service]\nX-RestartIfChanged=no',
  );
  const files = fc.dictionary(name, content, { noNullPrototype: true });
  const states = fc.array(fc.constantFrom('a.service', 'a.socket', 'b@x.y.service', 'c.timer', 'd.target'));
  fc.assert(
    fc.property(files, files, states, (before, after, running) => {
      planned(before, after, live(...running));
      expect(planned(after, after, live(...running)).filter((line) => !line.endsWith('stop'))).toEqual([]);
    }),
  );
});
