/**
 * The system-call filter of builders, as a classic BPF program: a file with a setuid or setgid bit cannot be made,
 * and extended attributes and ACLs do not exist, since neither can be in a store path. Pure.
 *
 * A program is a list of `struct sock_filter` (code u16, jt u8, jf u8, k u32, little-endian); it reads `struct
 * seccomp_data` (nr u32 at 0, arch u32 at 4, arguments u64 from 16). Source: seccomp(2), the kernel's syscall tables.
 *
 * Not seen: modes that `openat2` and io_uring read from memory. Outputs lose such bits when they are canonicalised.
 */

interface Machine {
  /** `AUDIT_ARCH_…`. */
  readonly arch: number;
  /** Calls that set a mode: chmod, fchmod, fchmodat, fchmodat2, creat, mknod, mknodat; the mode's index. */
  readonly modeCalls: readonly (readonly [call: number, mode: number])[];
  /** open, openat: calls that set a mode where their flags have O_CREAT; the flags' index, followed by the mode. */
  readonly openCalls: readonly (readonly [call: number, flags: number])[];
  /** setxattr, lsetxattr, fsetxattr, getxattr, lgetxattr, fgetxattr, setxattrat, getxattrat. */
  readonly attributeCalls: readonly number[];
}

const x86_64: Machine = {
  arch: 0xc000003e,
  modeCalls: [
    [90, 1],
    [91, 1],
    [268, 2],
    [452, 2],
    [85, 1],
    [133, 1],
    [259, 2],
  ],
  openCalls: [
    [2, 1],
    [257, 2],
  ],
  attributeCalls: [188, 189, 190, 191, 192, 193, 463, 464],
};

const i386: Machine = {
  arch: 0x40000003,
  modeCalls: [
    [15, 1],
    [94, 1],
    [306, 2],
    [452, 2],
    [8, 1],
    [14, 1],
    [297, 2],
  ],
  openCalls: [
    [5, 1],
    [295, 2],
  ],
  attributeCalls: [226, 227, 228, 229, 230, 231, 463, 464],
};

const aarch64: Machine = {
  arch: 0xc00000b7,
  modeCalls: [
    [52, 1],
    [53, 2],
    [452, 2],
    [33, 2],
  ],
  openCalls: [[56, 2]],
  attributeCalls: [5, 6, 7, 8, 9, 10, 463, 464],
};

const arm: Machine = {
  arch: 0x40000028,
  modeCalls: [
    [15, 1],
    [94, 1],
    [333, 2],
    [452, 2],
    [8, 1],
    [14, 1],
    [324, 2],
  ],
  openCalls: [
    [5, 1],
    [322, 2],
  ],
  attributeCalls: [226, 227, 228, 229, 230, 231, 463, 464],
};

/** All machines whose programs a processor runs; a filter must know each, or it could be passed by. */
const machines: Readonly<Record<string, readonly Machine[]>> = {
  x86_64: [x86_64, i386],
  i686: [i386],
  aarch64: [aarch64, arm],
};

const code = { load: 0x20, and: 0x54, jumpIfEqual: 0x15, jumpIfSet: 0x45, result: 0x06 } as const;
const allow = 0x7fff0000;
const fail = 0x00050000;
const errno = { EPERM: 1, ENOTSUP: 95 } as const;
const setIdBits = 0o6000;
/** O_CREAT, and O_TMPFILE without the O_DIRECTORY in it. */
const createFlags = 0o20000100;
/** Calls of the x32 form of x86-64 have this bit, and otherwise the same numbers. */
const x32Bit = 0x40000000;

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, k: number];

/** The filter for a processor (`x86_64`); for one whose system calls are not known here it lets everything pass. */
export function seccompFilter(processor: string): Uint8Array {
  const known = machines[processor];
  if (known === undefined) return encode([[code.result, 0, 0, allow]]);
  const program: Instruction[] = [[code.load, 0, 0, 4]];
  for (const machine of known) {
    const block = blockOf(machine);
    program.push([code.jumpIfEqual, 0, block.length, machine.arch], ...block);
  }
  // An unknown machine's calls have unknown numbers: none of them works.
  program.push([code.result, 0, 0, fail | errno.EPERM]);
  return encode(program);
}

/** What is done for one machine; it ends in a result whatever it is given. */
function blockOf(machine: Machine): Instruction[] {
  const block: Instruction[] = [[code.load, 0, 0, 0]];
  if (machine.arch === x86_64.arch) block.push([code.and, 0, 0, ~x32Bit >>> 0]);
  for (const call of machine.attributeCalls) {
    block.push([code.jumpIfEqual, 0, 1, call], [code.result, 0, 0, fail | errno.ENOTSUP]);
  }
  for (const [call, mode] of machine.modeCalls) block.push([code.jumpIfEqual, 0, 4, call], ...refuseSetId(mode));
  for (const [call, flags] of machine.openCalls) {
    block.push(
      [code.jumpIfEqual, 0, 7, call],
      [code.load, 0, 0, argument(flags)],
      [code.jumpIfSet, 1, 0, createFlags],
      [code.result, 0, 0, allow],
      ...refuseSetId(flags + 1),
    );
  }
  block.push([code.result, 0, 0, allow]);
  return block;
}

/** Four instructions: a result that depends on the mode in that argument. */
function refuseSetId(mode: number): Instruction[] {
  return [
    [code.load, 0, 0, argument(mode)],
    [code.jumpIfSet, 0, 1, setIdBits],
    [code.result, 0, 0, fail | errno.EPERM],
    [code.result, 0, 0, allow],
  ];
}

/** Where the low half of an argument stands. */
function argument(index: number): number {
  return 16 + 8 * index;
}

function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(program.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [index, [operation, ifTrue, ifFalse, k]] of program.entries()) {
    view.setUint16(index * 8, operation, true);
    view.setUint8(index * 8 + 2, ifTrue);
    view.setUint8(index * 8 + 3, ifFalse);
    view.setUint32(index * 8 + 4, k, true);
  }
  return bytes;
}
