import { runAsProcess } from './command/process.js';
import { fuzz } from './fuzz/run.js';

await runAsProcess(fuzz);
