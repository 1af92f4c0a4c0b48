import { Command, CommanderError } from 'commander';
import { VERSION } from '../node/version.js';
import { ApiRefusal } from './api-client.js';
import { CliError, messageOf } from './cli-error.js';
import { addBlockCommand } from './commands/block.js';
import { addDeleteCommand } from './commands/delete.js';
import { addEvidenceCommand } from './commands/evidence.js';
import { addGenesisCommand } from './commands/genesis.js';
import { addGetCommand } from './commands/get.js';
import { addHealthCommand } from './commands/health.js';
import { addIdCommand } from './commands/id.js';
import { addInitCommand } from './commands/init.js';
import { addListCommand } from './commands/list.js';
import { addPeersCommand } from './commands/peers.js';
import { addPutCommand } from './commands/put.js';
import { addStartCommand } from './commands/start.js';
import { addStatusCommand } from './commands/status.js';
import { addTxCommand } from './commands/tx.js';
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

/**
 * The `fb-pbft` command with all of its commands.
 * @param tellWrongCall what is said where it is called wrongly
 */
export function buildProgram(terminal: Terminal, tellWrongCall = terminal.err): Command {
  const program = new Command('fb-pbft')
    .description('a Byzantine-fault-tolerant ledger node for federations of 2 to 20 platforms')
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('(add --help for what it takes)')
    .configureOutput({ writeOut: (text) => { terminal.out(text.trimEnd()); }, writeErr: (text) => { tellWrongCall(text.trimEnd()); } })
    .addHelpText('after', WALKTHROUGH);
  addInitCommand(program, terminal);
  addIdCommand(program, terminal);
  addGenesisCommand(program, terminal);
  addStartCommand(program, terminal);
  addPutCommand(program, terminal);
  addDeleteCommand(program, terminal);
  addTxCommand(program, terminal);
  addGetCommand(program, terminal);
  addListCommand(program, terminal);
  addStatusCommand(program, terminal);
  addHealthCommand(program, terminal);
  addPeersCommand(program, terminal);
  addBlockCommand(program, terminal);
  addEvidenceCommand(program, terminal);
  return program;
}

/** Of every error that says one: those of this command, of the platform asked, and of the modules. */
function codeOf(error: unknown): string {
  if (error instanceof ApiRefusal) return error.apiCode;
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'failed';
}

/** An error as JSON, of the form in which the HTTP API tells its own. */
function errorJson(code: string, message: string): string {
  return JSON.stringify({ error: { code, message } });
}

/** What commander found wrong with the call, without its heading. */
function wrongCallText({ code, message }: CommanderError): string {
  return code === 'commander.help' ? 'name a command; --help lists them' : message.replace(/^error: /, '');
}

/**
 * Runs one command. Never throws: what goes wrong is told on the terminal in one sentence, or as JSON with `--json`.
 * @param args what follows the command's name
 * @returns exit code: 0, 1 for a failure, 2 where it was called wrongly, 3 where no platform answers
 */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<0 | 1 | 2 | 3> {
  const end = args.indexOf('--');
  const json = args.slice(0, end < 0 ? args.length : end).includes('--json');
  try {
    await buildProgram(terminal, json ? () => undefined : terminal.err).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      // Without --json commander has told the user already.
      if (json) terminal.err(errorJson('usage', wrongCallText(error)));
      return 2;
    }
    terminal.err(json ? errorJson(codeOf(error), messageOf(error)) : `error: ${messageOf(error)}`);
    return error instanceof CliError ? error.exitCode : 1;
  }
}
