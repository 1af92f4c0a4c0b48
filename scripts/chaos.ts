import { PROCESS_TERMINAL, outliveReaders } from '../src/cli/terminal.js';
import { chaos } from './chaos/run.js';

const stop = new AbortController();
outliveReaders();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Asked twice: the platforms end by themselves when this process is gone.
    if (stop.signal.aborted) process.exit(1);
    stop.abort();
  });
}

process.exitCode = await chaos(process.argv.slice(2), PROCESS_TERMINAL, stop.signal);
