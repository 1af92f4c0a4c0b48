import type { Command } from 'commander';
import { createPlatformKey, platformKeyPath } from '../../crypto/key-store.js';
import { IdentifierError, toPlatformName } from '../../types/ids.js';
import type { PlatformName } from '../../types/ids.js';
import { CliError } from '../cli-error.js';
import { addExamples } from '../platform-target.js';
import type { Terminal } from '../terminal.js';
import { tellIdentity } from './id.js';

export interface InitFlags {
  readonly home: string;
  readonly platform: string;
  readonly json?: boolean;
}

/** @throws CliError `usage` where the name is not one of a platform */
export function platformNameOf(flag: string, text: string): PlatformName {
  try {
    return toPlatformName(text);
  } catch (error) {
    if (error instanceof IdentifierError) throw new CliError('usage', `${flag}: ${error.message}`);
    throw error;
  }
}

/** `fb-pbft init`: makes a platform's key. @throws CryptoError `key-exists` where the home has one */
export async function initHome(flags: InitFlags, terminal: Terminal): Promise<void> {
  const { home } = flags;
  const key = await createPlatformKey(home, platformNameOf('--platform', flags.platform));
  const { name, publicKey } = key;
  tellIdentity(key, flags, terminal);
  if (flags.json !== true) terminal.out(`\nThe secret key is in ${platformKeyPath(home)}: keep it to yourself, and in one place only.\nFor the genesis: --member ${name}=${publicKey}`);
}

/** Adds `fb-pbft init`. */
export function addInitCommand(program: Command, terminal: Terminal): void {
  const command = program.command('init')
    .description('make a platform\'s key; never overwrites one')
    .requiredOption('--home <dir>', 'directory for the key and the database; made if need be')
    .requiredOption('--platform <name>', 'name of the platform, unique in its society')
    .option('--json', 'print JSON')
    .action((flags: InitFlags) => initHome(flags, terminal));
  addExamples(command, 'fb-pbft init --home thor --platform Thor');
}
