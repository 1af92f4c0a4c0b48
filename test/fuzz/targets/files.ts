import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { hostAllowed } from '../../../src/api/host-guard.js';
import { CliError } from '../../../src/cli/cli-error.js';
import { readApiFile } from '../../../src/cli/api-file.js';
import { parseMember } from '../../../src/cli/commands/genesis.js';
import { logLine } from '../../../src/cli/log-lines.js';
import { CryptoError } from '../../../src/crypto/crypto-error.js';
import { loadKeyFile, platformKeyOf } from '../../../src/crypto/key-store.js';
import { bytesToHex } from '../../../src/crypto/hash.js';
import { GenesisError } from '../../../src/ledger/genesis-error.js';
import { parseGenesis, serializeGenesis } from '../../../src/ledger/genesis-file.js';
import { fileAddressBook } from '../../../src/node/address-book.js';
import { readHolder } from '../../../src/storage/home-lock.js';
import { toPlatformName } from '../../../src/types/ids.js';
import type { Random } from '../../simulation/random.js';
import { disturbed } from '../disturbance.js';
import { bytesOf, textOf, utf8 } from '../entropy.js';
import { SOCIETIES } from '../society.js';
import type { Outcome, Target } from '../target.js';
import { outcomeOf } from '../target.js';

/** Some JSON, as fast-check makes it: unusual keys, numbers and texts. */
function anyJson(random: Random): unknown {
  return fc.sample(fc.jsonValue({ maxDepth: 3 }), { numRuns: 1, seed: random.integer(0, 2 ** 31 - 1) })[0];
}

const genesisFiles: Target = {
  name: 'genesis-file',
  generate: (random) => {
    const genesis = random.pick(SOCIETIES).genesis;
    if (random.chance(0.6)) return utf8(serializeGenesis(genesis));
    const { chainId: _, ...content } = JSON.parse(serializeGenesis(genesis)) as Record<string, unknown>;
    return utf8(JSON.stringify(random.chance(0.7) ? disturbed(random, content) : { ...content, [random.pick(['parameters', 'members', 'society', 'x'])]: anyJson(random) }));
  },
  run: (input) => outcomeOf(() => {
    const genesis = parseGenesis(textOf(input));
    assert.ok(isDeepStrictEqual(parseGenesis(serializeGenesis(genesis)), genesis), 'what is written is read as the same genesis');
  }, (error) => error instanceof GenesisError && error.message.length > 0),
  leastAccepted: 0.5,
  weight: 0.05,
};

/** Made when first needed: a file of each kind is written there and read. */
class Home {
  #path: string | undefined;
  get path(): string {
    if (this.#path === undefined) {
      const path = mkdtempSync(join(tmpdir(), 'fb-pbft-fuzz-'));
      process.on('exit', () => { rmSync(path, { recursive: true, force: true }); });
      this.#path = path;
    }
    return this.#path;
  }
}
const HOME = new Home();
const KEY = platformKeyOf(toPlatformName('Thor'), new Uint8Array(32).fill(5));

interface HomeFile {
  readonly name: string;
  readonly content: unknown;
  readonly read: (home: string) => Promise<unknown>;
  readonly refuses: (error: unknown) => boolean;
}

const HOME_FILES: readonly HomeFile[] = [
  {
    name: 'platform.key', content: { platform: KEY.name, publicKey: KEY.publicKey, seed: bytesToHex(KEY.seed) },
    read: (home) => loadKeyFile(join(home, 'platform.key'), 'make one'),
    refuses: (error) => error instanceof CryptoError && !error.message.includes(bytesToHex(KEY.seed)),
  },
  { name: 'api.json', content: { url: 'http://127.0.0.1:4000', pid: 17, instance: 'one', chainId: 'ab'.repeat(32), publicKey: 'cd'.repeat(32) }, read: readApiFile, refuses: (error) => error instanceof CliError },
  { name: 'lock', content: { pid: 17, since: '2026-01-01T00:00:00.000Z' }, read: readHolder, refuses: () => false },
  {
    name: 'addresses.json', content: { [KEY.publicKey]: ['/ip4/192.0.2.7/tcp/9000'] }, refuses: () => false,
    read: async (home) => {
      const book = await fileAddressBook(home).load();
      return Object.keys(book).length === 0 ? undefined : book;
    },
  },
];

/** One byte says which file; then its text. Those that are hints only are read as nothing where they are damaged. */
const homeFiles: Target = {
  name: 'home-file',
  generate: (random) => {
    const which = random.integer(0, HOME_FILES.length - 1);
    const { content } = HOME_FILES[which]!;
    const value = random.chance(0.7) ? content : random.chance(0.5) ? disturbed(random, content) : anyJson(random);
    return new Uint8Array([which, ...utf8(JSON.stringify(value))]);
  },
  run: async (input): Promise<Outcome> => {
    const { name, read, refuses } = HOME_FILES[(input[0] ?? 0) % HOME_FILES.length]!;
    await writeFile(join(HOME.path, name), input.subarray(1), { mode: 0o600 });
    try {
      return await read(HOME.path) === undefined ? 'rejected' : 'accepted';
    } catch (error) {
      if (!refuses(error)) throw error;
      return 'rejected';
    }
  },
  leastAccepted: 0.6,
  weight: 0.2,
};

/** A line of a log, a Host header and a --member option: short texts that are taken apart. */
const shortTexts: Target = {
  name: 'short-text',
  generate: (random) => {
    switch (random.integer(0, 2)) {
      case 0: return utf8(`0${JSON.stringify({ time: random.pick([1_700_000_000_000, 2 ** 60]), level: 30, msg: 'up', err: anyJson(random) })}`);
      case 1: return utf8(`1${random.pick(['localhost', '127.0.0.1:80', '[::1]:9000', 'evil.example', '127.1', 'LOCALHOST:1'])}`);
      default: return utf8(`2${random.pick(['Thor', 'a-b.c', ''])}=${bytesToHex(bytesOf(random, 32))}`);
    }
  },
  run: (input) => {
    const text = textOf(input.subarray(1));
    switch ((input[0] ?? 0) % 3) {
      case 0: return logLine(text) === text ? 'rejected' : 'accepted';
      case 1: {
        const isAllowed = hostAllowed(text, '127.0.0.1');
        // Independently: of names without brackets only localhost and 127.*.*.* are loopback.
        if (isAllowed && !text.startsWith('[')) assert.match(text, /^(localhost|127(\.\d{1,3}){3})(:\d{1,5})?$/i);
        return isAllowed ? 'accepted' : 'rejected';
      }
      default: return outcomeOf(() => parseMember(text), (error) => error instanceof CliError && error.code === 'usage');
    }
  },
  leastAccepted: 0.5,
};

export const FILE_TARGETS: readonly Target[] = [genesisFiles, homeFiles, shortTexts];
