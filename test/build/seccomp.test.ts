/** The filter, run by a small interpreter of classic BPF on made-up system calls. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seccompFilter } from '../../src/build/sandbox/seccomp.ts';

interface Call {
  readonly arch: number;
  readonly nr: number;
  readonly args?: readonly number[];
}

const architecture = { x86_64: 0xc000003e, i386: 0x40000003, aarch64: 0xc00000b7, arm: 0x40000028 };
const allow = 0x7fff0000;
const eperm = 0x00050001;
const enotsup = 0x0005005f;

/** The result of a program for a call; throws where the kernel would refuse the program. */
function interpret(program: Uint8Array, { arch, nr, args = [] }: Call): number {
  const data = new DataView(new ArrayBuffer(64));
  data.setUint32(0, nr >>> 0, true);
  data.setUint32(4, arch, true);
  for (const [index, value] of args.entries())
    data.setBigUint64(16 + 8 * index, BigInt.asUintN(64, BigInt(value)), true);
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  const length = program.byteLength / 8;
  let accumulator = 0;
  for (let at = 0; at < length; at++) {
    const [code, yes, no, k] = [
      view.getUint16(at * 8, true),
      view.getUint8(at * 8 + 2),
      view.getUint8(at * 8 + 3),
      view.getUint32(at * 8 + 4, true),
    ];
    if (code === 0x20) accumulator = data.getUint32(k, true);
    else if (code === 0x54) accumulator = (accumulator & k) >>> 0;
    else if (code === 0x15) at += accumulator === k ? yes : no;
    else if (code === 0x45) at += (accumulator & k) !== 0 ? yes : no;
    else if (code === 0x06) return k;
    else throw new Error(`unknown code ${code}`);
  }
  throw new Error('the program runs over its end');
}

const filter = seccompFilter('x86_64');
const verdict = (nr: number, args: number[] = [], arch = architecture.x86_64): number =>
  interpret(filter, { arch, nr, args });

describe('x86-64', () => {
  test.each([
    ['chmod', 90, (mode: number) => [0, mode]],
    ['fchmod', 91, (mode: number) => [3, mode]],
    ['fchmodat', 268, (mode: number) => [0, 0, mode]],
    ['fchmodat2', 452, (mode: number) => [0, 0, mode, 0]],
    ['creat', 85, (mode: number) => [0, mode]],
    ['mknod', 133, (mode: number) => [0, mode]],
    ['open with O_CREAT', 2, (mode: number) => [0, 0o101, mode]],
    ['openat with O_CREAT', 257, (mode: number) => [0, 0, 0o101, mode]],
    ['openat with O_TMPFILE', 257, (mode: number) => [0, 0, 0o20200000, mode]],
  ] as const)('%s', (_, nr, args) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0o7777 }), (mode) => {
        expect(verdict(nr, args(mode))).toBe((mode & 0o6000) === 0 ? allow : eperm);
        expect(verdict(nr + 0x40000000, args(mode))).toBe((mode & 0o6000) === 0 ? allow : eperm);
      }),
    );
  });

  test('the mode of a call that makes no file means nothing', () => {
    expect(verdict(2, [0, 0, 0o6777])).toBe(allow);
    expect(verdict(257, [0, 0, 0o2, 0o6777])).toBe(allow);
    expect(verdict(257, [0, 0, 0o200000, 0o6777])).toBe(allow);
  });

  test('extended attributes do not exist', () => {
    for (const nr of [188, 189, 190, 191, 192, 193, 463, 464]) expect(verdict(nr)).toBe(enotsup);
  });

  test('other calls pass, those of unknown machines do not', () => {
    for (const nr of [0, 1, 3, 39, 56, 59, 83, 231, 435]) expect(verdict(nr, [0o7777, 0o7777, 0o7777])).toBe(allow);
    expect(verdict(1, [], 0x12345678)).toBe(eperm);
  });

  test('programs of 32 bits are held to the same', () => {
    expect(verdict(15, [0, 0o4755], architecture.i386)).toBe(eperm);
    expect(verdict(15, [0, 0o755], architecture.i386)).toBe(allow);
    expect(verdict(226, [], architecture.i386)).toBe(enotsup);
    expect(verdict(90, [0, 0o4755], architecture.i386)).toBe(allow);
  });
});

test('aarch64 and arm', () => {
  const program = seccompFilter('aarch64');
  expect(interpret(program, { arch: architecture.aarch64, nr: 53, args: [0, 0, 0o2755] })).toBe(eperm);
  expect(interpret(program, { arch: architecture.aarch64, nr: 56, args: [0, 0, 0o100, 0o4755] })).toBe(eperm);
  expect(interpret(program, { arch: architecture.aarch64, nr: 5 })).toBe(enotsup);
  expect(interpret(program, { arch: architecture.arm, nr: 15, args: [0, 0o4755] })).toBe(eperm);
});

test('every program ends, whatever it is given', () => {
  const arches = fc.oneof(fc.constantFrom(...Object.values(architecture)), fc.nat());
  const call = fc.record({
    arch: arches,
    nr: fc.integer({ min: 0, max: 0xffffffff }),
    args: fc.array(fc.nat(), { maxLength: 6 }),
  });
  fc.assert(
    fc.property(fc.constantFrom('x86_64', 'i686', 'aarch64', 'riscv64'), call, (processor, made) => {
      expect([allow, eperm, enotsup]).toContain(interpret(seccompFilter(processor), made));
    }),
  );
});
