import { PROCESS_TERMINAL } from '../src/cli/terminal.js';
import { exhaustive } from './exhaustive/run.js';

process.exitCode = await exhaustive(process.argv.slice(2), PROCESS_TERMINAL);
