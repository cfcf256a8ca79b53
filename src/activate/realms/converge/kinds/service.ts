/** The state of a unit: running or stopped, enabled or not, masked or not. */
import type { MakeResource, World } from '../resource.ts';
import { readSettings } from '../settings.ts';
import { must, programs } from './host-program.ts';

interface State {
  readonly running: boolean;
  readonly enabled: boolean;
  readonly masked: boolean;
}

export const service: MakeResource = (entry, world) => {
  const { unit, ...wanted } = readSettings(entry, (settings) => {
    settings.only('unit', 'state', 'enabled', 'masked');
    const state = settings.fields.has('state') ? settings.oneOf('state', ['running', 'stopped'], 'running') : undefined;
    return {
      unit: settings.string('unit'),
      running: state === undefined ? undefined : state === 'running',
      enabled: settings.maybe('enabled'),
      // What has to run cannot be masked.
      masked: settings.maybe('masked') ?? (state === 'running' ? false : undefined),
    };
  });
  const differs = (): (keyof State)[] => {
    const state = stateOf(world, unit);
    return (['masked', 'enabled', 'running'] as const).filter(
      (name) => wanted[name] !== undefined && wanted[name] !== state[name],
    );
  };
  return {
    check() {
      const [first] = differs();
      return first === undefined ? undefined : `${unit} is ${wanted[first] ? 'not ' : ''}${first}`;
    },
    apply() {
      const systemctl = (verb: string): string => must(world, 'systemctl', [verb, unit]);
      if (differs().includes('masked')) systemctl(wanted.masked ? 'mask' : 'unmask');
      if (differs().includes('masked') && wanted.masked === false)
        must(world, 'systemctl', ['unmask', '--runtime', unit]);
      if (differs().includes('enabled')) systemctl(wanted.enabled ? 'enable' : 'disable');
      if (!differs().includes('running')) return;
      if (wanted.running) programs(world)('systemctl', ['reset-failed', unit]);
      systemctl(wanted.running ? 'start' : 'stop');
    },
  };
};

function stateOf(world: World, unit: string): State {
  const text = must(world, 'systemctl', ['show', '--property=ActiveState,UnitFileState,LoadState', unit]);
  const get = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1] ?? '';
  return {
    running: ['active', 'activating', 'reloading'].includes(get('ActiveState')),
    enabled: ['enabled', 'enabled-runtime', 'alias', 'static', 'indirect', 'generated'].includes(get('UnitFileState')),
    masked: get('LoadState') === 'masked',
  };
}

/** Tells a unit that something it depends on changed; one that does not run is left alone. */
export function restartUnit(world: World, unit: string): void {
  must(world, 'systemctl', ['try-reload-or-restart', unit]);
}
