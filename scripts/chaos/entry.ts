import type { Terminal } from '../../src/cli/terminal.js';
import { PROCESS_TERMINAL, outliveReaders } from '../../src/cli/terminal.js';

/** Runs a command with this process's arguments; Ctrl-C asks it to end. Its exit code becomes this process's. */
export async function runInterruptibly(command: (args: readonly string[], terminal: Terminal, signal: AbortSignal) => Promise<number>): Promise<void> {
  const stop = new AbortController();
  outliveReaders();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // Asked twice: the platforms end by themselves when this process is gone.
      if (stop.signal.aborted) process.exit(1);
      stop.abort();
    });
  }
  process.exitCode = await command(process.argv.slice(2), PROCESS_TERMINAL, stop.signal);
}
