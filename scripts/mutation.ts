import { runAsProcess } from './command/process.js';
import { mutation } from './mutation/run.js';

await runAsProcess(mutation);
