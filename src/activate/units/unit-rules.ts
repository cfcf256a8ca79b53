/**
 * What a change of a unit asks for, as data. The directives that begin with `X-` are those of NixOS; the service manager
 * passes over them. Tables are looked through in order; what no line names asks for a restart.
 */
import type { UnitType } from './unit-name.ts';

export type ChangeEffect = 'none' | 'reload' | 'restart';

interface DirectiveRule {
  /** Undefined: in any section. */
  readonly section?: string;
  /** Undefined: any key of the section. */
  readonly key?: RegExp;
  /** Of a directive that was added or has another value. */
  readonly changed: ChangeEffect;
  /** Of one that is gone. */
  readonly removed: ChangeEffect;
  readonly why: string;
}

export const directiveRules: readonly DirectiveRule[] = [
  { section: 'Install', changed: 'none', removed: 'none', why: 'it is about enabling alone' },
  { key: /^X-Reload-Triggers$/, changed: 'reload', removed: 'reload', why: 'it is there to ask for a reload' },
  { key: /^X-Restart-Triggers$/, changed: 'restart', removed: 'restart', why: 'it is there to ask for a restart' },
  { key: /^X-/, changed: 'none', removed: 'none', why: 'it is about switching alone' },
  {
    section: 'Unit',
    key: new RegExp(
      '^(Description|Documentation|OnFailure|OnSuccess|OnFailureJobMode|IgnoreOnIsolate|StopWhenUnneeded|' +
        'RefuseManualStart|RefuseManualStop|AllowIsolate|CollectMode|SourcePath)$',
    ),
    changed: 'none',
    removed: 'none',
    why: 'it takes effect while the unit runs',
  },
  { section: 'Mount', key: /^Options$/, changed: 'reload', removed: 'reload', why: 'it can be mounted anew' },
  {
    section: 'Service',
    key: /^ExecReload$/,
    changed: 'reload',
    removed: 'none',
    why: 'the process is the same',
  },
];

interface TypeRule {
  readonly types?: readonly UnitType[];
  readonly names?: readonly string[];
  /** `apply`: reading its file again is all that is needed. `start`: what it pulls in may be new. */
  readonly how: 'apply' | 'reload' | 'restart' | 'start' | 'stop-start' | 'socket';
  readonly why: string;
}

/** How a running unit whose change asks for a restart is brought to its new form. */
export const typeRules: readonly TypeRule[] = [
  { names: ['-.mount', 'nix.mount', 'nix-store.mount'], how: 'reload', why: 'the machine lives on it' },
  { types: ['slice', 'path', 'scope', 'device'], how: 'apply', why: 'reading its file again is enough' },
  { types: ['target'], how: 'start', why: 'starting it again starts what it now asks for' },
  { types: ['socket'], how: 'socket', why: 'a socket can only be opened anew while its service is down' },
  { types: ['service'], how: 'stop-start', why: 'its old form ends before the files change' },
  { how: 'restart', why: 'units of its type are restarted in one go' },
];

/** Targets that stop the machine: never started by a switch. */
export const stoppingTargets: ReadonlySet<string> = new Set([
  ...['suspend.target', 'hibernate.target', 'hybrid-sleep.target', 'suspend-then-hibernate.target', 'sleep.target'],
  ...['shutdown.target', 'poweroff.target', 'reboot.target', 'halt.target', 'kexec.target', 'umount.target'],
  ...['final.target', 'exit.target', 'rescue.target', 'emergency.target'],
]);
