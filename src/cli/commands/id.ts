import type { Command } from 'commander';
import { peerIdOf } from '../../crypto/identity.js';
import { loadPlatformKey } from '../../crypto/key-store.js';
import type { PlatformKey } from '../../crypto/key-store.js';
import { addExamples } from '../platform-target.js';
import { alignedLines } from '../terminal.js';
import type { Terminal } from '../terminal.js';

interface IdFlags {
  readonly home: string;
  readonly json?: boolean;
}

/** Says who a platform is, as others need to know it; never its secret. */
export function tellIdentity({ name, publicKey }: PlatformKey, { home, json }: IdFlags, terminal: Terminal): void {
  const peerId = peerIdOf(publicKey);
  if (json === true) terminal.out(JSON.stringify({ platform: name, publicKey, peerId, home }));
  else terminal.out(alignedLines([['platform', name], ['publicKey', publicKey], ['peerId', peerId], ['home', home]]));
}

/** Adds `fb-pbft id`: the public half of a platform's key, whether it runs or not. */
export function addIdCommand(program: Command, terminal: Terminal): void {
  const command = program.command('id')
    .description('print a platform\'s public key and PeerId, whether it runs or not')
    .requiredOption('--home <dir>', 'home of the platform, made by "fb-pbft init"')
    .option('--json', 'print JSON')
    .action(async (flags: IdFlags) => { tellIdentity(await loadPlatformKey(flags.home), flags, terminal); });
  addExamples(command, 'fb-pbft id --home thor');
}
