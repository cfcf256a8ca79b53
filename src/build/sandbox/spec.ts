/**
 * A sandbox as a value: what a builder sees and may do. Pure; `bubblewrap.ts` turns it into arguments, `linux.ts`
 * runs it. All texts are byte strings.
 */

/** More inputs than this are mounted by others, where bubblewrap would take quadratic time for them. */
export const manyInputs = 24;

/** One path of the machine that the builder sees. */
export type Mount =
  | { readonly kind: 'read-only' | 'writable' | 'device'; readonly source: string; readonly target: string }
  /** Bind mounts follow symbolic links: a link is made anew instead. */
  | { readonly kind: 'link'; readonly target: string; readonly to: string };

export interface SandboxSpec {
  /** Directories to be made, parents first, before anything is mounted in them. */
  readonly directories: readonly string[];
  /** In this order. */
  readonly mounts: readonly Mount[];
  readonly network: boolean;
  /** Whether it keeps the caller's terminal, as a shell needs it. */
  readonly interactive?: boolean;
  /** Whether the builder may make user namespaces of its own. */
  readonly nesting: boolean;
  readonly hostname: string;
  readonly uid: number;
  readonly gid: number;
  readonly workingDirectory: string;
  readonly variables: ReadonlyMap<string, string>;
  readonly program: string;
  /** `argv[0]`. */
  readonly programName: string;
  readonly args: readonly string[];
  /** Another personality of the machine, as `setarch` names them (`i686`). */
  readonly personality: string | undefined;
}

export interface SandboxRequest {
  readonly storeDir: string;
  /** The fresh folder that becomes the builder's store. */
  readonly storeFolder: string;
  readonly inputs: readonly Mount[];
  /** Folders that become `/build`, `/tmp` and `/etc`. */
  readonly buildFolder: string;
  readonly temporaryFolder: string;
  readonly etcFolder: string;
  /** Besides the inputs: device nodes, the host's resolver configuration, paths of the settings. */
  readonly extra: readonly Mount[];
  readonly network: boolean;
  /** Whether root runs the sandbox: to the kernel, the builder's user is then root, without any capability. */
  readonly asRoot: boolean;
  readonly variables: ReadonlyMap<string, string>;
  readonly program: string;
  readonly args: readonly string[];
  readonly personality: string | undefined;
}

/**
 * Parts of `/proc` that are about the whole machine, and that the kernel lets root's user write without asking for a
 * capability. Covered so, a builder cannot mount another, uncovered `/proc` either.
 */
export const protectedProc = ['sys', 'sysrq-trigger', 'irq', 'bus', 'fs', 'acpi', 'scsi', 'mtrr'] as const;

/** Where builders find themselves, whatever machine they run on. */
export const buildDirInSandbox = '/build';
export const sandboxUid = 1000;
export const sandboxGid = 100;

/** The one sandbox that builds run in: nothing but the inputs, a folder to work in, and a bare minimum of a system. */
export function sandboxSpec(request: SandboxRequest): SandboxSpec {
  return {
    directories: parentsOf([request.storeDir, ...request.extra.map((mount) => mount.target)]),
    mounts: [
      { kind: 'writable', source: request.storeFolder, target: request.storeDir },
      ...request.inputs,
      { kind: 'writable', source: request.buildFolder, target: buildDirInSandbox },
      { kind: 'writable', source: request.temporaryFolder, target: '/tmp' },
      { kind: 'read-only', source: request.etcFolder, target: '/etc' },
      ...request.extra,
    ],
    network: request.network,
    // In a namespace of its own, root's user would own the machine's control groups.
    nesting: !request.asRoot,
    hostname: 'localhost',
    uid: sandboxUid,
    gid: sandboxGid,
    workingDirectory: buildDirInSandbox,
    variables: request.variables,
    program: request.program,
    programName: request.program.slice(request.program.lastIndexOf('/') + 1),
    args: request.args,
    personality: request.personality,
  };
}

/** All directories above some paths, parents first, but for those that are mounted, or made, anyway. */
function parentsOf(paths: readonly string[]): string[] {
  const found = new Set<string>();
  for (const path of paths) {
    for (let at = path.indexOf('/', 1); at >= 0; at = path.indexOf('/', at + 1)) found.add(path.slice(0, at));
  }
  return [...found].filter((path) => !/^\/(etc|dev|tmp|proc|build)(\/|$)/.test(path));
}
