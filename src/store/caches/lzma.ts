/**
 * xz at once, in the library that the program `xz` uses too: a program for each of a thousand small archives would cost
 * more than the work. Work is done on Node's threads. Undefined where the library is not there.
 */
import { type CFunction, foreignLibrary } from '../../base/system-calls.ts';
import { StoreError } from '../errors.ts';

/** Of `lzma_ret`. */
const ok = 0;
/** What `xz` writes to find damage: CRC64. */
const check = 4;
/** Bytes that a decoder may use; the largest preset needs 65 MiB. */
const memory = 1n << 30n;

interface Functions {
  readonly bound: CFunction;
  readonly encode: CFunction;
  readonly decode: CFunction;
}

let loaded: { readonly functions: Functions | undefined } | undefined;

function functions(): Functions | undefined {
  loaded ??= { functions: load() };
  return loaded.functions;
}

export function haveLzma(): boolean {
  return functions() !== undefined;
}

function load(): Functions | undefined {
  try {
    const library = foreignLibrary()?.load('liblzma.so.5');
    if (library === undefined) return undefined;
    return {
      bound: library.func('size_t lzma_stream_buffer_bound(size_t size)'),
      encode: library.func(
        'int lzma_easy_buffer_encode(uint32_t preset, int check, void *allocator, const uint8_t *in, size_t size, uint8_t *out, uint8_t *outAt, size_t outSize)',
      ),
      decode: library.func(
        'int lzma_stream_buffer_decode(uint8_t *memory, uint32_t flags, void *allocator, const uint8_t *in, uint8_t *inAt, size_t size, uint8_t *out, uint8_t *outAt, size_t outSize)',
      ),
    };
  } catch {
    return undefined;
  }
}

/** One number of 64 bits that the library reads and writes. */
function cell(value = 0n): BigUint64Array {
  return new BigUint64Array(new BigUint64Array([value]).buffer);
}

const bytesOf = (numbers: BigUint64Array): Uint8Array => new Uint8Array(numbers.buffer);

/** @param level 0 to 9 */
export async function encodeXz(bytes: Uint8Array, level: number): Promise<Buffer> {
  const { bound, encode } = functions()!;
  const out = Buffer.allocUnsafeSlow(Number(bound(bytes.length)));
  const at = cell();
  const status = await called(encode, [level, check, null, bytes, bytes.length, out, bytesOf(at), out.length]);
  if (status !== ok) throw failed(status);
  return out.subarray(0, Number(at[0]));
}

/**
 * @param size of what it was made of; where that is wrong, or more than one stream is there, the answer is undefined:
 *   whoever reads it piece by piece finds out what it is
 */
export async function decodeXz(bytes: Uint8Array, size: number): Promise<Buffer | undefined> {
  const { decode } = functions()!;
  const out = Buffer.allocUnsafeSlow(Math.max(1, size));
  const [limit, inAt, outAt] = [cell(memory), cell(), cell()];
  const words = [bytesOf(limit), 0, null, bytes, bytesOf(inAt), bytes.length, out, bytesOf(outAt), size];
  const status = await called(decode, words);
  const whole = status === ok && Number(inAt[0]) === bytes.length && Number(outAt[0]) === size;
  return whole ? out.subarray(0, size) : undefined;
}

function called(work: CFunction, words: readonly (number | Uint8Array | null)[]): Promise<number> {
  return new Promise((resolve, reject) => {
    work.async(...words, (error: unknown, status: number) => (error ? reject(error) : resolve(status)));
  });
}

function failed(status: number): StoreError {
  return new StoreError('store/compression', `xz could not compress (status ${status})`, { details: { status } });
}
