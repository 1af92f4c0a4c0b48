import { runAsProcess } from './command/process.js';
import { flood } from './flood/run.js';

await runAsProcess(flood);
