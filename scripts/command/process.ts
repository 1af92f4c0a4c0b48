import type { Terminal } from '../../src/cli/terminal.js';
import { PROCESS_TERMINAL, outliveReaders } from '../../src/cli/terminal.js';
import { lastLine } from './conclusion.js';

/** No exit code of a command. */
const NOT_DONE = -1;

/** Where a command writes that can be asked to end early. */
export interface InterruptibleTerminal extends Terminal {
  /** Aborted at SIGINT and SIGTERM, and when nobody reads any more what is written. */
  readonly signal: AbortSignal;
}

/** What a command has of its process. */
export interface CommandHost extends InterruptibleTerminal {
  /** For what is drawn over again. */
  readonly progress: NodeJS.WriteStream;
}

/**
 * Runs a command with this process's arguments. Its exit code becomes the process's; where the process ends before the
 * command has, asked twice or by an error that nobody caught, the last line is written in its place.
 * @param askedTwice whether a second signal ends the process at once, or it still waits until all is cleaned up
 */
export async function runAsProcess(
  command: (args: readonly string[], host: CommandHost) => Promise<number>, askedTwice: 'ends' | 'waits' = 'ends',
): Promise<void> {
  const stop = new AbortController();
  outliveReaders();
  // As with "npm start | head".
  process.stdout.once('error', () => { stop.abort(); });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // What it started ends by itself when this process is gone.
      if (stop.signal.aborted && askedTwice === 'ends') process.exit(1);
      stop.abort();
    });
  }
  let told = NOT_DONE;
  process.once('exit', (code) => {
    if (code === told) return;
    PROCESS_TERMINAL.out(lastLine({ ok: false, error: 'the process ended before the command was done', interrupted: stop.signal.aborted }));
    process.exitCode = 1;
  });
  told = await command(process.argv.slice(2), { ...PROCESS_TERMINAL, progress: process.stderr, signal: stop.signal });
  process.exitCode = told;
}
