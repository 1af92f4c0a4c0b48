import { CodecError } from '../codec/codec-error.js';
import type { WireLimits } from '../codec/limits.js';
import { decodeTransactionBatch, encodeTransactionBatch } from '../codec/wire/transaction-batch.js';
import { MempoolError } from '../mempool/mempool-error.js';
import { memberSource } from '../mempool/source-share.js';
import { FairQueue } from '../network/fair-queue.js';
import { IGNORED, REJECTED, type GossipOutcome } from '../network/network.js';
import type { PublicKeyHex } from '../types/ids.js';
import type { Tally } from './tally.js';
import type { InvalidTransaction, TransactionGate } from './transaction-gate.js';
import { WorkBudget, type WorkLimits } from './work-budget.js';

/** Unverified transactions of one peer that may wait, gossiped and re-sent apart. */
const MAX_WAITING_BYTES_PER_LANE = 1024 * 1024;
/** What one takes beside its own bytes while it waits. */
const WAITING_OVERHEAD_BYTES = 128;
/** About 2 ms of verification between two turns of the event loop. */
const VERIFICATIONS_PER_TURN = 16;
/** To take a transaction apart takes about a twentieth of the time for its signature. */
const DECODING_WORK = 1 / 16;
/**
 * In verifications, some 0.1 ms each: a quarter of one core's time. At saturation one member publishes, or relays, what
 * clients send to all, each transaction new to this platform at most once; what is above comes with the blocks.
 */
const WORK_LIMITS: WorkLimits = { perSecond: 2_500, burst: 5_000 };

export interface PeerTransactionsOptions {
  readonly gate: TransactionGate;
  readonly limits: WireLimits;
  readonly rejections: Tally;
  /** Monotonic. */
  readonly nowMs: () => number;
  /** Called once after one or more transactions were added. */
  readonly added: () => void;
  /** A member sent again what it cannot have verified. */
  readonly blame: (peer: PublicKeyHex, reason: string) => void;
  /** Runs it once other work had its turn, and returns what takes it back. */
  readonly soon: (run: () => void) => () => void;
}

/** Transactions that came together. Who sent them has verified them: with one that is invalid all the rest is dropped. */
interface Batch {
  readonly from: PublicKeyHex;
  isRefused: boolean;
  /** Of one that was verified and is new here. */
  added(bytes: Uint8Array): void;
  /** One more needs nothing more: added, known, or dropped. */
  done(): void;
  refuse(invalid: InvalidTransaction): void;
}

interface Waiting {
  readonly bytes: Uint8Array;
  readonly batch: Batch;
}

/**
 * Transactions that other members pass on. They are verified a few at a time, because consensus comes first: in a lane of
 * each member, those re-sent apart from those gossiped, and within a budget of work for each member. What is above is
 * dropped and blames nobody; re-sending brings it again.
 */
export class PeerTransactions {
  readonly #options: PeerTransactionsOptions;
  readonly #queue: FairQueue<string, Waiting>;
  readonly #work: WorkBudget<PublicKeyHex>;
  #anyAdded = false;

  constructor(options: PeerTransactionsOptions) {
    this.#options = options;
    this.#work = new WorkBudget(WORK_LIMITS, options.nowMs);
    this.#queue = new FairQueue({
      maxBytesPerSource: MAX_WAITING_BYTES_PER_LANE,
      workPerTurn: VERIFICATIONS_PER_TURN,
      handle: (waiting) => this.#take(waiting),
      turnDone: () => {
        if (this.#anyAdded) options.added();
        this.#anyAdded = false;
      },
      soon: options.soon,
    });
  }

  stop(): void {
    this.#queue.stop();
  }

  /**
   * A gossiped batch: rejected where it cannot be taken apart, is empty or has an invalid transaction in it, and accepted as
   * far as it was new. Unsettled for ever once stopped.
   */
  gossiped(payload: Uint8Array, from: PublicKeyHex): GossipOutcome | Promise<GossipOutcome> {
    const { limits, rejections } = this.#options;
    let transactions: readonly Uint8Array[];
    try {
      transactions = decodeTransactionBatch(payload, limits);
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      rejections.count('transaction-batch-malformed');
      return REJECTED;
    }
    if (transactions.length === 0) {
      rejections.count('transaction-batch-empty');
      return REJECTED;
    }
    return new Promise((resolve) => {
      this.#enqueue(`gossiped ${from}`, transactions, new GossipedBatch(from, transactions.length, resolve));
    });
  }

  /** Transactions that a member sent again, in a request. */
  resent(transactions: readonly Uint8Array[], from: PublicKeyHex): void {
    this.#enqueue(`resent ${from}`, transactions, new ResentBatch(from, (reason) => { this.#options.blame(from, reason); }));
  }

  #enqueue(lane: string, transactions: readonly Uint8Array[], batch: Batch): void {
    for (const bytes of transactions) {
      if (this.#queue.add(lane, { bytes, batch }, bytes.byteLength + WAITING_OVERHEAD_BYTES)) continue;
      this.#options.rejections.count('transaction-queue-full');
      batch.done();
    }
  }

  /** @returns the work that it was, in verifications */
  #take({ bytes, batch }: Waiting): number {
    const { gate } = this.#options;
    if (batch.isRefused || !this.#mayWork(batch, DECODING_WORK)) return DECODING_WORK;
    const decoded = gate.decode(bytes);
    if (!decoded.ok) {
      batch.refuse(decoded);
      return DECODING_WORK;
    }
    const { transaction } = decoded;
    // Under load most copies come more than once or too late, and a signature takes as long to check as twenty of them to take apart.
    if (gate.isKnown(transaction)) {
      batch.done();
      return DECODING_WORK;
    }
    const source = memberSource(batch.from);
    if (!gate.hasRoom(transaction, source)) {
      batch.done();
      return DECODING_WORK;
    }
    if (!this.#mayWork(batch, 1)) return DECODING_WORK;
    const verified = gate.verify(transaction);
    if (!verified.ok) {
      batch.refuse(verified);
      return 1;
    }
    try {
      if (gate.add(transaction, source) === 'added') {
        this.#anyAdded = true;
        batch.added(bytes);
      }
    } catch (error) {
      // Full, or its nonce is used here by another: the next platform may see it otherwise.
      if (!(error instanceof MempoolError)) throw error;
    }
    batch.done();
    return 1;
  }

  #mayWork(batch: Batch, work: number): boolean {
    if (this.#work.take(batch.from, work)) return true;
    this.#options.rejections.count('transaction-work-throttled');
    batch.done();
    return false;
  }
}

class AcceptedBatch {
  readonly verdict = 'accept';
  readonly #transactions: readonly Uint8Array[];

  constructor(transactions: readonly Uint8Array[]) {
    this.#transactions = transactions;
  }

  /** Encoded when it is asked for: where no link is missing, nobody does. */
  get verified(): Uint8Array {
    return encodeTransactionBatch(this.#transactions);
  }
}

class GossipedBatch implements Batch {
  readonly from: PublicKeyHex;
  isRefused = false;
  readonly #resolve: (outcome: GossipOutcome) => void;
  readonly #added: Uint8Array[] = [];
  #left: number;

  constructor(from: PublicKeyHex, count: number, resolve: (outcome: GossipOutcome) => void) {
    this.from = from;
    this.#left = count;
    this.#resolve = resolve;
  }

  added(bytes: Uint8Array): void {
    this.#added.push(bytes);
  }

  done(): void {
    this.#left -= 1;
    if (this.#left === 0) this.#resolve(this.#added.length === 0 ? IGNORED : new AcceptedBatch(this.#added));
  }

  refuse(): void {
    this.isRefused = true;
    this.#resolve(REJECTED);
  }
}

class ResentBatch implements Batch {
  readonly from: PublicKeyHex;
  isRefused = false;
  readonly #blame: (reason: string) => void;

  constructor(from: PublicKeyHex, blame: (reason: string) => void) {
    this.from = from;
    this.#blame = blame;
  }

  added(): void {
    // Nobody is told: whoever lacks it gets it in an exchange, too.
  }

  done(): void {
    // Nobody waits for it.
  }

  refuse({ message }: InvalidTransaction): void {
    this.isRefused = true;
    this.#blame(`re-sent transactions: ${message}`);
  }
}
