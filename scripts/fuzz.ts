import { PROCESS_TERMINAL } from '../src/cli/terminal.js';
import { fuzz } from './fuzz/run.js';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => { stop.abort(); });

process.exitCode = await fuzz(process.argv.slice(2), { ...PROCESS_TERMINAL, progress: process.stderr, signal: stop.signal });
