import { encodeTransactionBatch } from '../codec/wire/transaction-batch.js';
import type { WireLimits } from '../codec/limits.js';
import type { Application } from '../ledger/application.js';
import type { Mempool } from '../mempool/mempool.js';
import { clientAt } from '../mempool/source-share.js';
import type { GossipOutcome } from '../network/network.js';
import type { Hash, PublicKeyHex } from '../types/ids.js';
import type { TransactionValidator } from '../validation/transaction-validator.js';
import { PeerTransactions } from './peer-transactions.js';
import type { Tally } from './tally.js';
import { TransactionGate } from './transaction-gate.js';

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
/** The address of a client within this process. */
const HERE = 'here';

export interface TransactionIntakeOptions {
  readonly validator: TransactionValidator;
  readonly limits: WireLimits;
  readonly application: Application;
  readonly mempool: Mempool;
  readonly rejections: Tally;
  /** Monotonic. */
  readonly nowMs: () => number;
  readonly publish: (batch: Uint8Array) => void;
  /** Called once after one or more transactions were added. */
  readonly added: () => void;
  /** A member sent what no honest one sends. */
  readonly blame: (peer: PublicKeyHex, reason: string) => void;
  /** Runs it once other work had its turn, and returns what takes it back. */
  readonly soon: (run: () => void) => () => void;
}

/** Where transactions come in: from clients, by gossip and by re-sending. */
export class TransactionIntake {
  readonly #options: TransactionIntakeOptions;
  readonly #gate: TransactionGate;
  readonly #fromPeers: PeerTransactions;
  #toGossip: Uint8Array[] = [];
  #toGossipBytes = 0;
  #cancelFlush: (() => void) | undefined;

  constructor(options: TransactionIntakeOptions) {
    this.#options = options;
    this.#gate = new TransactionGate(options);
    this.#fromPeers = new PeerTransactions({ ...options, gate: this.#gate });
  }

  stop(): void {
    this.#fromPeers.stop();
    this.#cancelFlush?.();
  }

  /** From a client of this platform at this address. @throws TransactionRejected, MempoolError */
  submit(bytes: Uint8Array, clientAddress = HERE): Hash {
    const decoded = this.#gate.decode(bytes);
    if (!decoded.ok) throw new TransactionRejected(decoded.code, decoded.message);
    const { transaction } = decoded;
    const verified = this.#gate.verify(transaction);
    if (!verified.ok) throw new TransactionRejected(verified.code, verified.message);
    switch (this.#gate.add(transaction, clientAt(clientAddress))) {
      case 'duplicate': throw new TransactionRejected('already-pending', `transaction ${transaction.id} is pending already`);
      case 'known-final': throw new TransactionRejected('already-final', `transaction ${transaction.id} is final already`);
      case 'added':
    }
    this.#options.added();
    this.#gossip(bytes);
    return transaction.id;
  }

  /** A gossiped batch; its transactions are verified later, and the verdict comes then. */
  onGossip(payload: Uint8Array, from: PublicKeyHex): GossipOutcome | Promise<GossipOutcome> {
    return this.#fromPeers.gossiped(payload, from);
  }

  /** Transactions that a member sent again. */
  onPeerTransactions(transactions: readonly Uint8Array[], from: PublicKeyHex): void {
    this.#fromPeers.resent(transactions, from);
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
