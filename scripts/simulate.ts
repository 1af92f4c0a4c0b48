import { runAsProcess } from './command/process.js';
import { simulate } from './simulate/run.js';

await runAsProcess(simulate);
