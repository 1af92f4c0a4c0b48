import { encodeTransactionBatch, decodeTransactionBatch } from '../codec/wire/transaction-batch.js';
import type { WireLimits } from '../codec/limits.js';
import { CodecError } from '../codec/codec-error.js';
import type { Application } from '../ledger/application.js';
import type { AddResult, Mempool, TransactionSource } from '../mempool/mempool.js';
import { MempoolError } from '../mempool/mempool-error.js';
import { FairQueue } from '../network/fair-queue.js';
import { REJECTED, type GossipOutcome } from '../network/network.js';
import type { Transaction } from '../types/block.js';
import type { Hash, PublicKeyHex } from '../types/ids.js';
import type { TransactionValidator } from '../validation/transaction-validator.js';
import type { Tally } from './tally.js';

/** A transaction was not accepted; `code` says why in short, the message what to do. */
export class TransactionRejected extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'TransactionRejected';
    this.code = code;
  }
}

/** Gossip carries what was accepted within one turn of the event loop in batches of at most this size. */
const MAX_GOSSIP_BATCH_BYTES = 256 * 1024;
const MAX_GOSSIP_BATCH_COUNT = 1_024;
/** Unverified transactions of one peer that may wait. */
const MAX_WAITING_BYTES_PER_PEER = 1024 * 1024;
/** About 2 ms of verification between two turns of the event loop. */
const VERIFICATIONS_PER_TURN = 16;
/** To take a transaction apart takes about a twentieth of the time for its signature. */
const DECODING_WORK = 1 / 16;

export interface TransactionIntakeOptions {
  readonly validator: TransactionValidator;
  readonly limits: WireLimits;
  readonly application: Application;
  readonly mempool: Mempool;
  readonly rejections: Tally;
  readonly publish: (batch: Uint8Array) => void;
  /** Called once after one or more transactions were added. */
  readonly added: () => void;
  /** Runs it once other work had its turn, and returns what takes it back. */
  readonly soon: (run: () => void) => () => void;
}

/** The one way into the mempool: for clients, gossip and re-sending alike. */
export class TransactionIntake {
  readonly #options: TransactionIntakeOptions;
  #toGossip: Uint8Array[] = [];
  #toGossipBytes = 0;
  #cancelFlush: (() => void) | undefined;
  readonly #fromPeers: FairQueue<PublicKeyHex, Uint8Array>;
  #anyAdded = false;

  constructor(options: TransactionIntakeOptions) {
    this.#options = options;
    this.#fromPeers = new FairQueue({
      maxBytesPerSource: MAX_WAITING_BYTES_PER_PEER,
      workPerTurn: VERIFICATIONS_PER_TURN,
      handle: (bytes) => this.#takeFromPeer(bytes),
      turnDone: () => {
        if (this.#anyAdded) options.added();
        this.#anyAdded = false;
      },
      soon: options.soon,
    });
  }

  stop(): void {
    this.#fromPeers.stop();
    this.#cancelFlush?.();
  }

  /** From a client of this platform. @throws TransactionRejected, MempoolError */
  submit(bytes: Uint8Array): Hash {
    const validated = this.#verify(this.#options.validator.decode(bytes));
    if (!validated.ok) throw new TransactionRejected(validated.code, validated.message);
    const { transaction } = validated;
    switch (this.#add(transaction, 'local')) {
      case 'duplicate': throw new TransactionRejected('already-pending', `transaction ${transaction.id} is pending already`);
      case 'known-final': throw new TransactionRejected('already-final', `transaction ${transaction.id} is final already`);
      case 'added':
    }
    this.#options.added();
    this.#gossip(bytes);
    return transaction.id;
  }

  /**
   * A gossiped batch. Its transactions are verified later, a few at a time, because consensus comes first; a batch that
   * cannot be taken apart is refused at once.
   */
  onGossip(payload: Uint8Array, from: PublicKeyHex): GossipOutcome {
    let transactions: readonly Uint8Array[];
    try {
      transactions = decodeTransactionBatch(payload, this.#options.limits);
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      this.#options.rejections.count('transaction-batch-malformed');
      return REJECTED;
    }
    this.onPeerTransactions(transactions, from);
    return { verdict: 'accept', verified: payload };
  }

  /** Transactions that a peer passed on; beyond what may wait they are dropped, and come again by re-sending. */
  onPeerTransactions(transactions: readonly Uint8Array[], from: PublicKeyHex): void {
    for (const bytes of transactions) {
      if (!this.#fromPeers.add(from, bytes, bytes.byteLength)) this.#options.rejections.count('transaction-queue-full');
    }
  }

  /** @returns the work that it was, in verifications */
  #takeFromPeer(bytes: Uint8Array): number {
    const { validator, mempool } = this.#options;
    const decoded = validator.decode(bytes);
    // Under load most copies come more than once or too late, and a signature takes as long to check as twenty of them to take apart.
    if (decoded.ok && mempool.isKnown(decoded.transaction)) return DECODING_WORK;
    const validated = this.#verify(decoded);
    if (!validated.ok) return 1;
    try {
      if (this.#add(validated.transaction, 'peer') === 'added') this.#anyAdded = true;
    } catch (error) {
      if (!(error instanceof MempoolError)) throw error;
    }
    return 1;
  }

  #verify(decoded: ReturnType<TransactionValidator['decode']>): { readonly ok: true; readonly transaction: Transaction } | { readonly ok: false; readonly code: string; readonly message: string } {
    const { validator, application, rejections } = this.#options;
    const result = decoded.ok ? validator.verify(decoded.transaction) : decoded;
    if (!result.ok) {
      rejections.count(result.code);
      return { ok: false, code: result.code, message: result.detail };
    }
    const wellFormed = application.validateTransaction(result.transaction.payload);
    if (!wellFormed.ok) {
      rejections.count(wellFormed.code);
      return wellFormed;
    }
    return { ok: true, transaction: result.transaction };
  }

  /** @throws MempoolError, counted */
  #add(transaction: Transaction, source: TransactionSource): AddResult {
    try {
      return this.#options.mempool.add(transaction, source);
    } catch (error) {
      if (error instanceof MempoolError) this.#options.rejections.count(`mempool-${error.code}`);
      throw error;
    }
  }

  #gossip(bytes: Uint8Array): void {
    this.#toGossip.push(bytes);
    this.#toGossipBytes += bytes.byteLength;
    if (this.#toGossip.length >= MAX_GOSSIP_BATCH_COUNT || this.#toGossipBytes >= MAX_GOSSIP_BATCH_BYTES) this.#flushGossip();
    else this.#cancelFlush ??= this.#options.soon(() => { this.#flushGossip(); });
  }

  #flushGossip(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    const batch = this.#toGossip;
    this.#toGossip = [];
    this.#toGossipBytes = 0;
    if (batch.length > 0) this.#options.publish(encodeTransactionBatch(batch));
  }
}
