/** The checks of a switch, as part of its plan. Pure. */
import type { Manifest } from '../manifest.ts';
import type { Check } from '../plan-values.ts';

/** @param running whether the machine runs: a folder is only looked at for room */
export function checksOf(manifest: Manifest, running: boolean): Check[] {
  const check = (name: string, when: Check['when'], reason: string): Check => {
    return { name, when, reason, realm: 'congruent', declared: undefined };
  };
  const always = [check('space', 'before', 'the store, the files and the journal need room')];
  if (!running) return always;
  return [
    ...always,
    check('inhibitors', 'before', 'nothing may hold the machine back from being changed'),
    check('units verify', 'before', 'the service manager must be able to read new and changed units'),
    check('units', 'after', 'no unit may fail that did not fail before'),
    ...manifest.probes.map(
      (probe): Check => ({
        name: `probe ${probe.name}`,
        when: 'after',
        reason: `${probe.kind} ${Array.isArray(probe.target) ? probe.target.join(' ') : probe.target} must succeed within ${probe.timeout} s`,
        realm: 'congruent',
        declared: probe.declared,
      }),
    ),
  ];
}
