/** The realms of a machine: its map, what drifts, what converges, overrides, the ordering journal. */
import {
  activeOverrides,
  armTimer,
  beginOverride,
  ChangeJournal,
  type ConvergeReport,
  convergeMachine,
  type DriftReport,
  disarmTimer,
  type Explanation,
  endOverride,
  endOverridesThatAreOver,
  explainPath,
  type Facts,
  type FolderShares,
  gatherFacts,
  hostThings,
  type JournalReading,
  machineDrift,
  machineLayout,
  type Override,
  parseDuration,
  parseTarget,
  promoteOverride,
  type RealmContext,
  type RunProgram,
  realmContext,
  runHere,
  type Shares,
  surveyMachine,
  type Thing,
} from '../../activate/index.ts';
import { programPath } from '../installation.ts';
import { type MachineOptions, withMachine } from '../machine-session.ts';

export {
  describeConverge,
  describeDrift,
  describeExplanation,
  describeOverride,
  describeOwner,
  percent,
  treemapSvg,
} from '../../activate/index.ts';

/** Opens what the realms know of a machine; overrides whose time is over are ended first. */
function withRealm<T>(
  options: MachineOptions,
  work: (context: RealmContext, run: RunProgram | undefined) => T | Promise<T>,
  onlyRoot = false,
): Promise<T> {
  return withMachine(options, async (session) => {
    const machine = session.hasMachine ? await session.existingMachine() : undefined;
    const realm = { layout: machineLayout(session.root), by: session.by, now: () => new Date(), machine };
    const context = realmContext(realm, onlyRoot);
    const run = context.live ? runHere : undefined;
    for (const override of endOverridesThatAreOver(context, run)) {
      const text = `override ${override.id} of ${override.target.name} is over: what was before is there again`;
      session.session.sink.emit({ type: 'message', level: 'notice', text });
    }
    return work(context, run);
  });
}

export interface MapRequest {
  /** Read all content again that an owner says something of. */
  readonly readAll: boolean;
  /** Leave out all that is mounted below the root. */
  readonly oneFileSystem: boolean;
  /** Levels of folders in the tree. */
  readonly depth: number;
}

export interface MachineMap {
  readonly root: string;
  readonly generation: number | undefined;
  readonly shares: Shares;
  readonly tree: FolderShares;
  readonly things: readonly Thing[];
  readonly walked: readonly string[];
  readonly left: readonly { readonly place: string; readonly why: string }[];
  readonly outOfScope: readonly string[];
  readonly overrides: readonly Override[];
  readonly counts: { readonly paths: number; readonly read: number; readonly remembered: number };
  readonly milliseconds: number;
}

export function mapMachine(options: MachineOptions, request: MapRequest): Promise<MachineMap> {
  const started = performance.now();
  const make = async (context: RealmContext, run: RunProgram | undefined): Promise<MachineMap> => {
    const { tally, counts, outOfScope } = await surveyMachine(context, { readAll: request.readAll });
    return {
      root: context.realm.layout.root || '/',
      generation: context.generation?.number,
      shares: tally.shares(),
      tree: tally.tree(request.depth),
      things: hostThings(context, run).things,
      walked: context.walk.starts,
      left: context.walk.left,
      outOfScope,
      overrides: activeOverrides(context.realm),
      counts,
      milliseconds: performance.now() - started,
    };
  };
  return withRealm(options, make, request.oneFileSystem);
}

export function explainMachinePath(options: MachineOptions, path: string): Promise<Explanation> {
  return withRealm(options, (context) => explainPath(context, path));
}

export interface DriftRequest {
  readonly readAll: boolean;
  /** Run the checks of convergent resources. */
  readonly resources: boolean;
  /** Keep what was seen, for the next look to compare with. */
  readonly remember: boolean;
}

export function driftOfMachine(options: MachineOptions, request: DriftRequest): Promise<DriftReport> {
  return withRealm(options, (context) => machineDrift(context, request));
}

export function convergeRealm(
  options: MachineOptions,
  request: { readonly noop: boolean; readonly only: readonly string[] | undefined },
): Promise<ConvergeReport> {
  return withRealm(options, (context) => convergeMachine(context, request));
}

export function factsOfMachine(options: MachineOptions): Promise<Facts> {
  return withRealm(options, (context) => gatherFacts(context));
}

export function journalOfMachine(options: MachineOptions): Promise<JournalReading> {
  return withRealm(options, ({ realm }) => new ChangeJournal(realm.layout).read());
}

export interface OverrideOrder {
  /** An absolute path, or the name of a unit. */
  readonly target: string;
  /** `4h`. */
  readonly time: string;
  readonly reason: string;
}

/** `timed`: systemd ends it; otherwise the first command after its time does. */
export function overrideOnMachine(
  options: MachineOptions,
  order: OverrideOrder,
): Promise<Override & { readonly timed: boolean }> {
  const target = parseTarget(order.target);
  const seconds = parseDuration(order.time);
  return withRealm(options, (context, run) => {
    const override = beginOverride(context, { target, seconds, reason: order.reason }, run);
    return { ...override, timed: armTimer(override, seconds, [programPath()], run) };
  });
}

export function overridesOfMachine(options: MachineOptions): Promise<readonly Override[]> {
  return withRealm(options, ({ realm }) => activeOverrides(realm));
}

export function endOverrideOfMachine(options: MachineOptions, id: string): Promise<Override> {
  return withRealm(options, (context, run) => {
    const override = endOverride(context, id, 'ended', run);
    disarmTimer(override, run);
    return override;
  });
}

/** Writes the change as a module to a file, and leaves it in place. */
export function promoteOverrideOfMachine(options: MachineOptions, id: string, file: string): Promise<Override> {
  return withRealm(options, (context, run) => {
    const override = promoteOverride(context, id, file);
    disarmTimer(override, run);
    return override;
  });
}
