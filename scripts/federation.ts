import { outliveReaders } from '../src/cli/terminal.js';
import { COMMAND, DESCRIPTION } from './federation/project.js';
import { parseFederationOptions } from './federation/options.js';
import { runFederation } from './federation/run.js';

/** `npm start`: a federation of platforms on this host, each a process of its own. */
async function main(): Promise<number> {
  const say = (line: string): void => { process.stdout.write(`${line}\n`); };
  const complain = (line: string): void => { process.stderr.write(`${line}\n`); };
  const options = parseFederationOptions(process.argv.slice(2), say, complain);
  if (typeof options === 'number') return options;
  const stop = new AbortController();
  outliveReaders();
  // "npm start | head": nobody watches any more.
  process.stdout.once('error', () => { stop.abort(); });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // Asked twice: the platforms end by themselves when this process is gone.
      if (stop.signal.aborted) process.exit(1);
      stop.abort();
    });
  }
  try {
    await runFederation(options, COMMAND, DESCRIPTION, { stream: process.stdout, say }, stop.signal);
    return 0;
  } catch (error) {
    complain(`error: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

process.exitCode = await main();
