import { runAsProcess } from './command/process.js';
import { exhaustive } from './exhaustive/run.js';

await runAsProcess(exhaustive);
