import type { Block, Transaction } from '../types/block.js';
import type { Hash, PublicKeyHex } from '../types/ids.js';
import { AccountQueue } from './account-queue.js';
import { MempoolError } from './mempool-error.js';
import { UnreadBlocks } from './unread-blocks.js';

export interface MempoolLimits {
  readonly maxTransactions: number;
  readonly maxBytes: number;
  /** Pending transactions of one sender. */
  readonly maxPerAccount: number;
  /** Pending bytes of one sender. */
  readonly maxBytesPerAccount: number;
  /**
   * From a sender's lowest pending nonce up, so many nonces may be pending: no more than the ledger's window, or a higher
   * one that is used first, in another platform's block, makes a lower one fail. A lower one that comes later is taken
   * all the same: platforms that got the two in different orders must not refuse each other's for ever.
   */
  readonly maxNonceSpan: number;
  /** Ids of final transactions that are remembered, so that a late copy is not taken again. */
  readonly maxFinalIds: number;
}

export const DEFAULT_MEMPOOL_LIMITS: MempoolLimits = {
  maxTransactions: 10_000,
  maxBytes: 16 * 1024 * 1024,
  maxPerAccount: 1_024,
  maxBytesPerAccount: 4 * 1024 * 1024,
  maxNonceSpan: 1_024,
  maxFinalIds: 12_000,
};

/** Whether a sender can still use a nonce, as of the last executed block; undefined where that is not known without a read. */
export type NonceLookup = (sender: PublicKeyHex, nonce: number) => 'free' | 'nonce-used' | 'nonce-too-old' | undefined;

/** Where a transaction came from: a client of this platform, or another platform. */
export type TransactionSource = 'local' | 'peer';
export type AddResult = 'added' | 'duplicate' | 'known-final';

export interface SelectOptions {
  /** Transactions to leave out: those already in the branch that is being extended. */
  readonly excluding: (id: Hash) => boolean;
  /** Limit on the sum of what each transaction takes. */
  readonly maxBytes: number;
  readonly maxCount: number;
  /** What a transaction takes beside its own bytes; 0 by default. */
  readonly overheadBytes?: number;
}

/** What became of a transaction that is not pending: it is final, or it can have no effect any more. */
type Fate = 'final' | 'spent' | 'too-old';

/** A selection ends after this many transactions that did not fit, rather than look through the whole pool. */
const MAX_MISFITS = 32;

/**
 * Verified transactions that are not final. Bounded in count and bytes, in all and per sender; what does not fit is
 * refused, never exchanged for something else, so that every accepted transaction is proposed until it is final
 * (SPEC section 4: no holding back of nonce gaps).
 */
export class Mempool {
  readonly #limits: MempoolLimits;
  readonly #nonceOf: NonceLookup;
  /** In the order of re-sending: what was sent moves to the end. */
  readonly #byId = new Map<Hash, Transaction>();
  /** In the order of serving: a sender of whom something became final moves to the end. */
  readonly #accounts = new Map<PublicKeyHex, AccountQueue>();
  /** The oldest first. */
  readonly #finalIds = new Map<Hash, Exclude<Fate, 'too-old'>>();
  readonly #unread: UnreadBlocks;
  #sizeBytes = 0;

  constructor(limits: Partial<MempoolLimits> = {}, nonceOf: NonceLookup = () => undefined) {
    this.#limits = { ...DEFAULT_MEMPOOL_LIMITS, ...limits };
    this.#nonceOf = nonceOf;
    this.#unread = new UnreadBlocks(this.#limits.maxFinalIds);
  }

  get count(): number {
    return this.#byId.size;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Work is pending (SPEC section 4, a): some transaction that this platform would propose is not final. */
  get hasPending(): boolean {
    return this.#byId.size > 0;
  }

  has(id: Hash): boolean {
    return this.#byId.has(id);
  }

  /** All that is pending, in no order that matters. */
  pending(): Iterable<Transaction> {
    return this.#byId.values();
  }

  /** Dropped lately, since it can have no effect any more. */
  isSpent(id: Hash): boolean {
    return this.#finalIds.get(id) === 'spent';
  }

  get(id: Hash): Transaction | undefined {
    return this.#byId.get(id);
  }

  /**
   * Whether there is nothing to be done about a copy that a peer sends: it is pending, or final, or so late that only its
   * nonce tells that it can have no effect any more. To be asked before its signature is checked.
   */
  isKnown({ id, sender, nonce }: Pick<Transaction, 'id' | 'sender' | 'nonce'>): boolean {
    return this.#byId.has(id) || this.#fateOf(id, sender, nonce) !== undefined;
  }

  /**
   * Takes a transaction whose signature and chain were checked. One that is known to be final is not taken again, from
   * nobody, and whether it succeeded or failed: it has used its nonce.
   * @throws MempoolError
   */
  add(transaction: Transaction, source: TransactionSource): AddResult {
    const { id, sender, nonce } = transaction;
    if (this.#byId.has(id)) return 'duplicate';
    const fate = this.#fateOf(id, sender, nonce);
    if (fate === 'final' || (fate !== undefined && source === 'peer')) return 'known-final';
    if (fate === 'spent') throw new MempoolError('nonce-used', `nonce: ${nonce} is used by a final transaction of this sender, this one or another; use the next free nonce for another`);
    if (fate === 'too-old') throw new MempoolError('nonce-too-old', `nonce: ${nonce} is too far below the highest that this sender has used; use the next free nonce`);
    const sizeBytes = transaction.bytes.byteLength;
    const account = this.#accounts.get(sender);
    if (account?.hasNonce(nonce) === true) {
      throw new MempoolError('nonce-used', `nonce: ${nonce} is used by another pending transaction of this sender; use the next free nonce`);
    }
    this.#requireRoom(sizeBytes);
    this.#requireShare(account, nonce, sizeBytes);
    const kept = withOwnBuffer(transaction);
    if (account === undefined) {
      const opened = new AccountQueue();
      opened.insert(kept);
      this.#accounts.set(sender, opened);
    } else {
      account.insert(kept);
    }
    this.#byId.set(id, kept);
    this.#sizeBytes += sizeBytes;
    return 'added';
  }

  /**
   * A block became final and is about to be executed. Its transactions are looked at now only where some are pending,
   * and else not before the next one comes.
   */
  blockFinal(block: Block): void {
    if (this.hasPending) this.markFinal(block.transactions.map(({ id }) => id));
    else this.markFinal(this.#unread.add(block));
  }

  /** Removes what became final, and remembers the ids so that late copies are not taken. */
  markFinal(ids: Iterable<Hash>): void {
    for (const id of ids) {
      this.#finalIds.set(id, 'final');
      this.#remove(id);
    }
    this.#forgetOldest();
  }

  /**
   * A block was executed.
   * @returns what it leaves without effect, which is pending no more
   */
  blockExecuted(block: Block): readonly Hash[] {
    this.#unread.executed(block.header.sequence);
    // Far behind, what is remembered of this block would be forgotten for those that come after it.
    if (this.hasPending || !this.#unread.areEnough) this.markFinal(block.transactions.map(({ id }) => id));
    return this.hasPending ? this.#dropSpent(new Set(block.transactions.map(({ sender }) => sender))) : [];
  }

  /** Their nonces are used: whether they are final themselves is not known here, but they can have no effect any more. */
  markSpent(ids: Iterable<Hash>): void {
    for (const id of ids) {
      this.#finalIds.set(id, 'spent');
      this.#remove(id);
    }
    this.#forgetOldest();
  }

  /**
   * What to propose next: one transaction of each sender in turn, in nonce order within a sender, senders longest not
   * served first. The same pool gives the same selection. Costs time for what is chosen and excluded, not for the
   * pool's size.
   */
  select(options: SelectOptions): readonly Transaction[] {
    const { excluding, maxCount, maxBytes, overheadBytes = 0 } = options;
    const chosen: Transaction[] = [];
    let remainingBytes = maxBytes;
    let misfits = 0;
    const isFull = (): boolean => chosen.length >= maxCount || misfits > MAX_MISFITS;
    /** Takes a sender's next transaction that fits; returns the position after it, or undefined where there is none. */
    const takeNext = (queue: AccountQueue, from: number): number | undefined => {
      for (let position = from; !isFull(); position += 1) {
        const transaction = queue.at(position);
        if (transaction === undefined) return undefined;
        if (excluding(transaction.id)) continue;
        const sizeBytes = transaction.bytes.byteLength + overheadBytes;
        if (sizeBytes > remainingBytes) {
          misfits += 1;
          continue;
        }
        chosen.push(transaction);
        remainingBytes -= sizeBytes;
        return position + 1;
      }
      return undefined;
    };
    let cursors: { readonly queue: AccountQueue; readonly position: number }[] = [];
    for (const queue of this.#accounts.values()) {
      if (isFull()) return chosen;
      const position = takeNext(queue, 0);
      if (position !== undefined) cursors.push({ queue, position });
    }
    while (cursors.length > 0 && !isFull()) {
      const continuing: typeof cursors = [];
      for (const { queue, position } of cursors) {
        const next = takeNext(queue, position);
        if (next !== undefined) continuing.push({ queue, position: next });
      }
      cursors = continuing;
    }
    return chosen;
  }

  /** Pending transactions to send again, those first that were not sent for longest; at least one where there is one. */
  pendingForResend(maxBytes: number): readonly Transaction[] {
    const chosen: Transaction[] = [];
    let sizeBytes = 0;
    for (const transaction of this.#byId.values()) {
      sizeBytes += transaction.bytes.byteLength;
      if (chosen.length > 0 && sizeBytes > maxBytes) break;
      chosen.push(transaction);
    }
    for (const transaction of chosen) {
      this.#byId.delete(transaction.id);
      this.#byId.set(transaction.id, transaction);
    }
    return chosen;
  }

  /** The smallest nonce from `floor` (the ledger's next one) up that no pending transaction of the sender uses. */
  nextNonce(publicKey: PublicKeyHex, floor: number): number {
    return this.#accounts.get(publicKey)?.freeNonce(floor) ?? floor;
  }

  #fateOf(id: Hash, sender: PublicKeyHex, nonce: number): Fate | undefined {
    this.markFinal(this.#unread.take());
    const fate = this.#finalIds.get(id);
    if (fate !== undefined) return fate;
    const verdict = this.#nonceOf(sender, nonce);
    return verdict === 'nonce-used' ? 'spent' : verdict === 'nonce-too-old' ? 'too-old' : undefined;
  }

  /**
   * What nonces used by other transactions leave without effect. The other platforms would not take it any more, and work
   * would be pending here alone.
   */
  #dropSpent(senders: ReadonlySet<PublicKeyHex>): readonly Hash[] {
    const spent = [...senders].flatMap((sender) => (this.#accounts.get(sender)?.all() ?? [])
      .filter(({ nonce }) => (this.#nonceOf(sender, nonce) ?? 'free') !== 'free').map(({ id }) => id));
    this.markSpent(spent);
    return spent;
  }

  #forgetOldest(): void {
    for (const oldest of this.#finalIds.keys()) {
      if (this.#finalIds.size <= this.#limits.maxFinalIds) return;
      this.#finalIds.delete(oldest);
    }
  }

  #requireRoom(sizeBytes: number): void {
    const { maxTransactions, maxBytes } = this.#limits;
    if (this.#byId.size >= maxTransactions) {
      throw new MempoolError('full', `${maxTransactions} transactions are pending, which is the limit; submit again once some are final`);
    }
    if (this.#sizeBytes + sizeBytes > maxBytes) {
      throw new MempoolError('full', `${this.#sizeBytes} bytes of transactions are pending, and ${sizeBytes} more would pass the limit of ${maxBytes}; submit again once some are final`);
    }
  }

  #requireShare(account: AccountQueue | undefined, nonce: number, sizeBytes: number): void {
    const { maxPerAccount, maxBytesPerAccount, maxNonceSpan } = this.#limits;
    const lowest = account?.at(0)?.nonce ?? nonce;
    if (nonce - lowest >= maxNonceSpan) {
      throw new MempoolError('account-full', `nonce: ${nonce} must be less than ${maxNonceSpan} above ${lowest}, the lowest that this sender has pending; submit again once that is final`);
    }
    if ((account?.count ?? 0) >= maxPerAccount) {
      throw new MempoolError('account-full', `this sender has ${maxPerAccount} transactions pending, which is the limit; submit again once some are final`);
    }
    if ((account?.sizeBytes ?? 0) + sizeBytes > maxBytesPerAccount) {
      throw new MempoolError('account-full', `this sender would have more than ${maxBytesPerAccount} bytes pending, which is the limit; submit again once some are final`);
    }
  }

  #remove(id: Hash): void {
    const transaction = this.#byId.get(id);
    if (transaction === undefined) return;
    this.#byId.delete(id);
    this.#sizeBytes -= transaction.bytes.byteLength;
    const account = this.#accounts.get(transaction.sender);
    if (account === undefined) return;
    account.remove(transaction);
    this.#accounts.delete(transaction.sender);
    if (account.count > 0) this.#accounts.set(transaction.sender, account);
  }
}

/** A transaction may be a view of a whole gossip batch, which it must not keep in memory. */
function withOwnBuffer(transaction: Transaction): Transaction {
  const { bytes, payload, signature } = transaction;
  if (bytes.buffer.byteLength === bytes.byteLength) return transaction;
  const copy = new Uint8Array(bytes);
  const inCopy = (part: Uint8Array): Uint8Array => (
    part.buffer === bytes.buffer
      ? copy.subarray(part.byteOffset - bytes.byteOffset, part.byteOffset - bytes.byteOffset + part.byteLength)
      : part
  );
  return { ...transaction, bytes: copy, payload: inCopy(payload), signature: inCopy(signature) };
}
