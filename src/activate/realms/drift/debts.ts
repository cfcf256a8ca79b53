/** Debts: processes that still run what was replaced since, and a kernel that waits for a reboot. Pure. */
import { type Deviation, verdictOf } from '../deviation.ts';
import type { Claims, MapRealm, Owner } from '../map/claims.ts';
import type { HostProcess } from './processes.ts';

export interface DebtContext {
  readonly claims: Claims;
  readonly real: (path: string) => string;
  /** Store paths of the current generation, with all that they need; undefined where there is none. */
  readonly closure: ReadonlySet<string> | undefined;
}

/** Processes that run another program or library than is there now. Containers' and users' own programs are theirs. */
export function restartDebts(processes: readonly HostProcess[], context: DebtContext): Deviation[] {
  return processes.flatMap((process) => {
    const store = storePathOf(process.program);
    const stale = store !== undefined && context.closure !== undefined && !context.closure.has(store);
    const outdated = process.deleted.filter((path) => isSystem(path));
    if (!stale && outdated.length === 0) return [];
    const { realm, owner } = programOwner(outdated[0] ?? process.program, context);
    const unit = process.unit.endsWith('.service') ? process.unit : undefined;
    return [
      {
        realm,
        subject: {
          type: 'process' as const,
          name: `${process.name} (${process.pid}${unit === undefined ? '' : `, ${unit}`})`,
        },
        aspect: 'outdated' as const,
        owner,
        expected: 'what is installed now',
        found: stale
          ? `${store}, which is not of the current generation`
          : `${outdated.join(', ')}, replaced or deleted`,
        // A restart is for people to choose: it interrupts.
        verdict: realm === 'congruent' ? ('report' as const) : verdictOf(realm, false),
        since: new Date(process.started).toISOString(),
        remedy: unit === undefined ? `end process ${process.pid} and start it again` : `systemctl restart ${unit}`,
      },
    ];
  });
}

function storePathOf(program: string): string | undefined {
  return /^\/nix\/store\/[0-9a-z]{32}-[^/]+/.exec(program)?.[0];
}

function isSystem(path: string): boolean {
  return /^\/(usr|bin|sbin|lib|lib64|opt|nix|etc)\//.test(path);
}

function programOwner(program: string, { claims, real }: DebtContext): { realm: MapRealm; owner: Owner } {
  if (program.startsWith('/nix/store/')) return { realm: 'congruent', owner: { type: 'store' } };
  const claim = claims.get(real(program));
  return claim === undefined
    ? { realm: 'unknown', owner: { type: 'nobody' } }
    : { realm: claim.realm, owner: claim.owner };
}

export interface KernelState {
  /** `uname -r`. */
  readonly running: string;
  /** Names below `/lib/modules`. */
  readonly installed: readonly string[];
  /** What `/run/reboot-required.pkgs` lists; undefined when no reboot is asked for. */
  readonly required: readonly string[] | undefined;
}

/** Whether a reboot is due, and why. */
export function rebootDebts({ running, installed, required }: KernelState): Deviation[] {
  const replaced = installed.length > 0 && !installed.includes(running);
  if (!replaced && required === undefined) return [];
  const found = replaced ? `kernel ${running} runs` : `a reboot is asked for by ${required?.join(', ') || 'a package'}`;
  return [
    {
      realm: 'convergent',
      subject: { type: 'kernel', name: running },
      aspect: 'outdated',
      owner: { type: 'generator', name: 'the host' },
      expected: replaced ? `kernel ${[...installed].sort().join(' or ')}` : 'no reboot is due',
      found,
      verdict: 'report',
      remedy: 'reboot',
    },
  ];
}
