import { conclude } from './command/conclusion.js';
import { runAsProcess } from './command/process.js';
import { COMMAND, DESCRIPTION } from './federation/project.js';
import { parseFederationOptions } from './federation/options.js';
import { runFederation } from './federation/run.js';

/** `npm start`: a federation of platforms on this host, each a process of its own. */
await runAsProcess((args, terminal) => conclude(terminal, async () => {
  const options = parseFederationOptions(args, terminal.out, terminal.err);
  if (typeof options === 'number') return options;
  return runFederation(options, COMMAND, DESCRIPTION, { stream: process.stdout, say: terminal.out }, terminal.signal);
}));
