import { bench } from './bench/run.js';
import { runAsProcess } from './command/process.js';

await runAsProcess(bench);
