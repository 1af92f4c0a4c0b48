import { CodecError } from '../codec-error.js';
import type { WireLimits } from '../limits.js';
import { MAX_BATCH_TRANSACTIONS } from '../limits.js';
import { decodeWire, toWireBytes } from './fields.js';
import { WireTransactionBatch } from './generated.js';

/**
 * Transactions as gossip carries them, each a canonical envelope.
 * @throws CodecError `too-large` for more than MAX_BATCH_TRANSACTIONS
 */
export function encodeTransactionBatch(transactions: readonly Uint8Array[]): Uint8Array {
  if (transactions.length > MAX_BATCH_TRANSACTIONS) {
    throw new CodecError('too-large', 'transactions', `must be at most ${MAX_BATCH_TRANSACTIONS}, got ${transactions.length}`);
  }
  return WireTransactionBatch.encode({ transactions: transactions.map(toWireBytes) });
}

/**
 * The envelopes of a batch, each a copy of its own (they live on in the mempool), not yet taken apart or verified.
 * @throws CodecError on anything but one batch within the limits
 */
export function decodeTransactionBatch(bytes: Uint8Array, limits: WireLimits): readonly Uint8Array[] {
  const decode = (plain: Uint8Array): WireTransactionBatch => (
    WireTransactionBatch.decode(plain, { limits: { transactions: MAX_BATCH_TRANSACTIONS } }));
  return envelopes(decodeWire('transactions', bytes, limits.maxBatchBytes, decode).transactions, limits);
}

/** Copies of transaction envelopes, each within its limit. */
export function envelopes(transactions: readonly Uint8Array[], limits: WireLimits): readonly Uint8Array[] {
  return transactions.map((transaction) => {
    if (transaction.byteLength > limits.maxTransactionBytes) {
      throw new CodecError('too-large', 'transaction', `must be at most ${limits.maxTransactionBytes} bytes, got ${transaction.byteLength}`);
    }
    return new Uint8Array(transaction);
  });
}
