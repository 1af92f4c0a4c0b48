import { runInterruptibly } from './chaos/entry.js';
import { soak } from './soak/run.js';

await runInterruptibly(soak);
