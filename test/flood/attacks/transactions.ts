import { encodeTransactionBatch } from '../../../src/codec/wire/transaction-batch.js';
import { DEFAULT_LIMITS } from '../../../src/network/options.js';
import type { Attack } from '../attack.js';
import { throwAwayTransactions } from '../signed.js';

const IN_ONE_BATCH = 64;
/** Made before; a batch is sent again only once all were. */
const BATCHES = 150;
/** A share of what was measured to shut out honest clients. */
const JUNK_BYTES_PER_SECOND = DEFAULT_LIMITS.gossip.transactions.bytesPerSecond / 32;

function batches(transactions: readonly Uint8Array[]): Uint8Array[] {
  return Array.from({ length: Math.floor(transactions.length / IN_ONE_BATCH) }, (_, index) => (
    encodeTransactionBatch(transactions.slice(index * IN_ONE_BATCH, (index + 1) * IN_ONE_BATCH))));
}

/** Transactions whose signatures are wrong. */
export function junkTransactions(): Attack {
  let junk: Uint8Array[] = [];
  let turn = 0;
  return {
    name: 'junk-transactions', text: 'batches of transactions with wrong signatures', invalid: true,
    prepare: ({ genesis }) => {
      junk = batches(throwAwayTransactions(genesis.chainId, IN_ONE_BATCH * BATCHES).map(({ bytes }) => {
        const wrong = Uint8Array.from(bytes);
        // In the signature, which is last.
        wrong[wrong.length - 40] = (wrong[wrong.length - 40] ?? 0) ^ 1;
        return wrong;
      }));
      return Promise.resolve();
    },
    run: (attacker, untilMs) => attacker.paced((attacker.rate * JUNK_BYTES_PER_SECOND) / (junk[0]?.byteLength ?? 1), untilMs, () => (
      attacker.gossip('transactions', [junk[turn++ % junk.length] ?? new Uint8Array()]))),
  };
}

/** Valid transactions, each of a key of its own: as many as one processor signs beside what else it has to do. */
export function freshKeys(): Attack {
  let valid: Uint8Array[] = [];
  let turn = 0;
  return {
    name: 'fresh-keys', text: 'valid transactions of ever new keys', invalid: false,
    prepare: ({ genesis }) => {
      valid = batches(throwAwayTransactions(genesis.chainId, IN_ONE_BATCH * BATCHES).map(({ bytes }) => bytes));
      return Promise.resolve();
    },
    run: (attacker, untilMs) => attacker.paced((attacker.rate * DEFAULT_LIMITS.gossip.transactions.messagesPerSecond) / IN_ONE_BATCH, untilMs, () => (
      attacker.gossip('transactions', [valid[turn++ % valid.length] ?? new Uint8Array()]))),
  };
}
