import { writeFile } from 'node:fs/promises';
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { quorumParameters } from '../../consensus/quorum.js';
import { serializeGenesis } from '../../ledger/genesis-file.js';
import { GenesisError } from '../../ledger/genesis-error.js';
import { buildGenesis, DEFAULT_PARAMETERS } from '../../ledger/genesis.js';
import type { Genesis } from '../../types/genesis.js';
import { IdentifierError, toPublicKeyHex } from '../../types/ids.js';
import type { Member } from '../../types/membership.js';
import { CliError, messageOf } from '../cli-error.js';
import { addExamples } from '../platform-target.js';
import { alignedLines } from '../terminal.js';
import type { Terminal } from '../terminal.js';
import { platformNameOf } from './init.js';

export interface GenesisFlags {
  readonly society: string;
  readonly member: readonly string[];
  readonly out: string;
  readonly fastPath?: number | 'off';
  readonly maxBlockTransactions?: number;
  readonly json?: boolean;
}

/** NAME=PUBLICKEYHEX. @throws CliError `usage` */
export function parseMember(text: string): Member {
  const split = text.indexOf('=');
  if (split < 1) throw new CliError('usage', `--member: give NAME=PUBLICKEYHEX, as "fb-pbft init" prints it, got ${JSON.stringify(text)}`);
  const name = platformNameOf('--member', text.slice(0, split));
  try {
    return { name, publicKey: toPublicKeyHex(text.slice(split + 1).toLowerCase()) };
  } catch (error) {
    if (error instanceof IdentifierError) throw new CliError('usage', `--member ${name}: ${error.message}`);
    throw error;
  }
}

function parseFastPath(text: string): number | 'off' {
  if (text === 'off') return 'off';
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('Give a number of platforms from 0, or "off".');
  return Number(text);
}

function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return Number(text);
}

/** @throws CliError `usage` where what was given makes no genesis */
function genesisOf(flags: GenesisFlags, nowMs: number): Genesis {
  const members = flags.member.map(parseMember);
  try {
    return buildGenesis({
      society: flags.society, timestampMs: nowMs, members,
      parameters: { fastPath: flags.fastPath, maxBlockTransactions: flags.maxBlockTransactions },
    });
  } catch (error) {
    if (error instanceof GenesisError) throw new CliError('usage', error.message);
    throw error;
  }
}

/**
 * `fb-pbft genesis`: writes a society's genesis; never over another file.
 * @throws CliError `exists`, `usage` or `failed`
 */
export async function makeGenesis(flags: GenesisFlags, nowMs: number, terminal: Terminal): Promise<void> {
  const genesis = genesisOf(flags, nowMs);
  try {
    await writeFile(flags.out, serializeGenesis(genesis), { flag: 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw new CliError('exists', `--out: ${flags.out} exists already, and a genesis is never overwritten; give another name, or remove it if no platform uses it`);
    }
    throw new CliError('failed', `--out: ${flags.out} cannot be written: ${messageOf(error)}`);
  }
  const { memberCount: n, faultTolerance: f, quorum, fastQuorum } = quorumParameters(genesis.membership.members.length, genesis.parameters.fastPath);
  const { chainId, society } = genesis;
  if (flags.json === true) {
    terminal.out(JSON.stringify({ chainId, society, n, f, quorum, fastQuorum: Number.isFinite(fastQuorum) ? fastQuorum : null, out: flags.out }));
    return;
  }
  terminal.out(alignedLines([
    ['chainId', chainId],
    ['society', society],
    ['members', `n=${n}: ${genesis.membership.members.map(({ name }) => name).join(', ')}`],
    ['tolerates', `f=${f} Byzantine platform${f === 1 ? '' : 's'}`],
    ['quorum', `${quorum} of ${n}; fast path ${Number.isFinite(fastQuorum) ? `${fastQuorum} of ${n}` : 'off'}`],
    ['file', `${flags.out}: give the same file to every platform`],
  ]));
}

/** Adds `fb-pbft genesis`. */
export function addGenesisCommand(program: Command, terminal: Terminal): void {
  const command = program.command('genesis')
    .description('make the genesis of a society: its members in their order, and what they must share')
    .requiredOption('--society <lct>', 'the society\'s LCT, such as lct:web4:society:demo')
    .requiredOption('--member <name=publickeyhex...>', 'a platform and its public key; once for each')
    .requiredOption('--out <file>', 'file to write; never overwritten')
    .addOption(new Option('--fast-path <n>', 'platforms that may be slow while blocks are final after two delays, or "off" (default: the most that is safe)').argParser(parseFastPath))
    .addOption(new Option('--max-block-transactions <n>', `most transactions in a block; each may cost every platform a signature check (default: ${DEFAULT_PARAMETERS.maxBlockTransactions})`).argParser(parseCount))
    .option('--json', 'print JSON')
    .action((flags: GenesisFlags) => makeGenesis(flags, Date.now(), terminal));
  addExamples(command, 'fb-pbft genesis --society lct:web4:society:demo --member Thor=3b6a… --member Sprout=9f1c… --out genesis.json');
}
