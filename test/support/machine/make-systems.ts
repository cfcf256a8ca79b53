/** Run inside a machine: puts systems, described as JSON on standard input, into its store; prints their paths as JSON. */
import * as fs from 'node:fs';
import { openLocalStore } from '../../../src/store/index.ts';
import { makeSystem, type SystemSpec } from '../../activate/make-system.ts';

const store = openLocalStore({ physicalRoot: '' });
const specs = JSON.parse(fs.readFileSync(0, 'utf8')) as readonly SystemSpec[];
process.stdout.write(JSON.stringify(specs.map((spec) => makeSystem(store, spec))));
store.close();
