import { closeSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/*
 * Loaded into a platform's process before the unmodified platform (`node --import witness.js?home=… main.js start …`).
 * It stands at the two places that no kill and no power failure may come between unnoticed, and does no more than note
 * what passes there, and end the process when it is told to:
 *
 * - where statements are signed: each is noted before its signature is handed out, so that whatever a platform ever
 *   said, in all its lives, can be held against everything else it said;
 * - where batches are written to LevelDB: after each that was synced, how long LevelDB's log then was. What lies
 *   beyond may be lost when power fails; nothing that the platform said or did depended on it.
 */

/** In a platform's home: a line of hexadecimal for every statement that it signed. */
const SIGNED_FILE = 'signed.statements';
/** In a platform's home: the log that LevelDB wrote last when a batch was synced, and its length then. */
const SYNCED_FILE = 'synced.json';
/** The file is written over and over in place. */
const SYNCED_BYTES = 128;
const PROPOSAL_TAG = Buffer.from('FBPBFT/1/PRE-PREPARE\0', 'latin1');

interface SigningLibrary {
  crypto_sign_detached: (signature: Uint8Array, message: Uint8Array, secretKey: Uint8Array) => void;
}

interface ChainedBatch {
  _write: (options: { readonly sync?: boolean }) => Promise<void>;
}

interface LevelPrototype {
  readonly location: string;
  _chainedBatch: (this: LevelPrototype) => ChainedBatch;
}

interface LevelModule {
  readonly ClassicLevel: { readonly prototype: LevelPrototype };
}

type Place = 'signing' | 'proposing' | 'writing' | 'written';

/** Ends this process, with nothing cleaned up, the next times it comes to a place. */
class Doom {
  #place: Place | undefined;
  #timesLeft = 0;

  order(place: Place, times: number): void {
    this.#place = place;
    this.#timesLeft = times;
  }

  at(place: Place): void {
    if (place !== this.#place) return;
    this.#timesLeft -= 1;
    if (this.#timesLeft <= 0) process.kill(process.pid, 'SIGKILL');
  }
}

function witnessSignatures(library: SigningLibrary, home: string, doom: Doom): void {
  const file = openSync(join(home, SIGNED_FILE), 'a', 0o600);
  // What an earlier life may have left unfinished ends here.
  writeSync(file, '\n');
  const sign = library.crypto_sign_detached;
  library.crypto_sign_detached = (signature, message, secretKey) => {
    writeSync(file, `${Buffer.from(message).toString('hex')}\n`);
    doom.at('signing');
    if (Buffer.from(message).indexOf(PROPOSAL_TAG) === 0) doom.at('proposing');
    sign(signature, message, secretKey);
  };
}

/** The length of the log that LevelDB writes now. */
function logLength(directory: string): { readonly log: string; readonly bytes: number } {
  const log = readdirSync(directory).filter((name) => name.endsWith('.log')).sort().at(-1) ?? '';
  return { log, bytes: log === '' ? 0 : statSync(join(directory, log)).size };
}

/** The platform writes by chained batches only (`LevelByteStore`). */
function witnessWrites({ ClassicLevel }: LevelModule, home: string, doom: Doom): void {
  const path = join(home, SYNCED_FILE);
  closeSync(openSync(path, 'a', 0o600));
  const file = openSync(path, 'r+');
  const { prototype } = ClassicLevel;
  const { _chainedBatch: makeBatch } = prototype;
  prototype._chainedBatch = function chainedBatch(this: LevelPrototype) {
    const { location } = this;
    const batch = makeBatch.call(this);
    const write = batch._write.bind(batch);
    batch._write = async (options) => {
      const writing = write(options);
      doom.at('writing');
      await writing;
      if (options.sync !== true) return;
      writeSync(file, JSON.stringify(logLength(location)).padEnd(SYNCED_BYTES), 0);
      doom.at('written');
    };
    return batch;
  };
}

function watchOver(home: string): void {
  const require = createRequire(import.meta.url);
  const doom = new Doom();
  // The platform takes the same object from the same cache.
  witnessSignatures(require('sodium-native') as SigningLibrary, home, doom);
  witnessWrites(createRequire(require.resolve('level'))('classic-level') as LevelModule, home, doom);
  process.on('message', (message: { readonly dieAt?: Place; readonly times?: number }) => {
    if (message.dieAt !== undefined) doom.order(message.dieAt, message.times ?? 1);
  });
}

watchOver(new URL(import.meta.url).searchParams.get('home') ?? process.cwd());
