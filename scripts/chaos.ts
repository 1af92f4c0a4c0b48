import { chaos } from './chaos/run.js';
import { runAsProcess } from './command/process.js';

await runAsProcess(chaos);
