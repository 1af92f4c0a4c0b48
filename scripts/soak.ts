import { runAsProcess } from './command/process.js';
import { soak } from './soak/run.js';

await runAsProcess(soak);
