import { runInterruptibly } from './chaos/entry.js';
import { chaos } from './chaos/run.js';

await runInterruptibly(chaos);
