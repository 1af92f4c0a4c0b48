import { PROCESS_TERMINAL } from '../src/cli/terminal.js';
import { mutation } from './mutation/run.js';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => { stop.abort(); });

process.exitCode = await mutation(process.argv.slice(2), { ...PROCESS_TERMINAL, signal: stop.signal });
