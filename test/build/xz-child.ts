/** Decompresses a file as the program does it, outside of the test runner, which loads modules in a way of its own. */
import * as fs from 'node:fs';
import { decompressed } from '../../src/build/archive/decompress.ts';

for await (const chunk of decompressed(fs.createReadStream(process.argv[2]!), 'xz')) process.stdout.write(chunk);
