/** Runs the attempts as whoever runs this, and prints what came of them. */
import { Scratch } from '../support.ts';
import { type Outside, runAttempts } from './run.ts';

const scratch = new Scratch();
process.env['CANARY'] = 'CANARY of the caller';
process.stdout.write(JSON.stringify(await runAttempts(scratch, JSON.parse(process.argv[2]!) as Outside)));
scratch.remove();
