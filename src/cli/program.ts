import { Command, CommanderError } from 'commander';
import { VERSION } from '../node/version.js';
import { CliError, messageOf } from './cli-error.js';
import { addBlockCommand } from './commands/block.js';
import { addEvidenceCommand } from './commands/evidence.js';
import { addGenesisCommand } from './commands/genesis.js';
import { addGetCommand } from './commands/get.js';
import { addHealthCommand } from './commands/health.js';
import { addInitCommand } from './commands/init.js';
import { addPutCommand } from './commands/put.js';
import { addStartCommand } from './commands/start.js';
import { addStatusCommand } from './commands/status.js';
import type { Terminal } from './terminal.js';

const WALKTHROUGH = `
A federation by hand:
  $ fb-pbft init --home thor --platform Thor            # once per platform; prints its public key
  $ fb-pbft init --home sprout --platform Sprout
  $ fb-pbft genesis --society lct:web4:society:demo --member Thor=KEY Sprout=KEY --out genesis.json
  $ fb-pbft start --home thor --genesis genesis.json --listen /ip4/127.0.0.1/tcp/4001
  $ fb-pbft start --home sprout --genesis genesis.json --listen /ip4/127.0.0.1/tcp/4002 \\
      --bootstrap /ip4/127.0.0.1/tcp/4001/p2p/PEERID
  $ fb-pbft put greeting hello --home thor --wait
  $ fb-pbft get greeting --home sprout`;

/** The `fb-pbft` command with all of its commands. */
export function buildProgram(terminal: Terminal): Command {
  const program = new Command('fb-pbft')
    .description('a Byzantine-fault-tolerant ledger node for federations of 2 to 20 platforms')
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('(add --help for what it takes)')
    .configureOutput({ writeOut: (text) => { terminal.out(text.trimEnd()); }, writeErr: (text) => { terminal.err(text.trimEnd()); } })
    .addHelpText('after', WALKTHROUGH);
  addInitCommand(program, terminal);
  addGenesisCommand(program, terminal);
  addStartCommand(program, terminal);
  addPutCommand(program, terminal);
  addGetCommand(program, terminal);
  addStatusCommand(program, terminal);
  addHealthCommand(program, terminal);
  addBlockCommand(program, terminal);
  addEvidenceCommand(program, terminal);
  return program;
}

/**
 * Runs one command. Never throws: what goes wrong is told on the terminal in one sentence.
 * @param args what follows the command's name
 * @returns exit code: 0, 1 for a failure, 2 where it was called wrongly, 3 where no platform answers
 */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<0 | 1 | 2 | 3> {
  try {
    await buildProgram(terminal).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has told the user already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    terminal.err(`error: ${messageOf(error)}`);
    return error instanceof CliError ? error.exitCode : 1;
  }
}
