import type { Block, Transaction } from '../types/block.js';
import type { Hash, PublicKeyHex } from '../types/ids.js';
import type { AccountQueue } from './account-queue.js';
import { MempoolError } from './mempool-error.js';
import { Selection, type SelectOptions } from './selection.js';
import { SourceShare, nameOfSource, type TransactionSource } from './source-share.js';
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

export type AddResult = 'added' | 'duplicate' | 'known-final';

/** What became of a transaction that is not pending: it is final, or it can have no effect any more. */
type Fate = 'final' | 'spent' | 'too-old';

interface Pending {
  readonly transaction: Transaction;
  readonly share: SourceShare;
}

interface Account {
  readonly queue: AccountQueue;
  /** Of the source that its oldest pending transaction came from. */
  readonly home: SourceShare;
}

/**
 * Verified transactions that are not final. Bounded in count and bytes, in all, per sender and per source: keys are free, so
 * where a transaction came from counts, too, and a source may have no more than is still free for others. What does not fit
 * is refused, never exchanged for something else, so that every accepted transaction is proposed until it is final
 * (SPEC section 4: no holding back of nonce gaps).
 */
export class Mempool {
  readonly #limits: MempoolLimits;
  readonly #nonceOf: NonceLookup;
  /** In the order of re-sending: what was sent moves to the end. */
  readonly #byId = new Map<Hash, Pending>();
  /** Pending ones that clients of this platform submitted. */
  readonly #local = new Map<Hash, Transaction>();
  readonly #accounts = new Map<PublicKeyHex, Account>();
  /** In the order of serving: a source of which something became final moves to the end. */
  readonly #shares = new Map<string, SourceShare>();
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
  *pending(): Iterable<Transaction> {
    for (const { transaction } of this.#byId.values()) yield transaction;
  }

  /** What clients of this platform submitted of it, in the order in which they did. */
  localPending(): Iterable<Transaction> {
    return this.#local.values();
  }

  /** Dropped lately, since it can have no effect any more. */
  isSpent(id: Hash): boolean {
    return this.#finalIds.get(id) === 'spent';
  }

  get(id: Hash): Transaction | undefined {
    return this.#byId.get(id)?.transaction;
  }

  /**
   * Whether there is nothing to be done about a copy that a peer sends: it is pending, or final, or so late that only its
   * nonce tells that it can have no effect any more. To be asked before its signature is checked.
   */
  isKnown({ id, sender, nonce }: Pick<Transaction, 'id' | 'sender' | 'nonce'>): boolean {
    return this.#byId.has(id) || this.#fateOf(id, sender, nonce) !== undefined;
  }

  /** Whether a transaction of so many bytes from there would find room. To be asked before its signature is checked. */
  hasRoom(sizeBytes: number, source: TransactionSource): boolean {
    return this.#refusal(sizeBytes, source) === undefined;
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
    if (fate === 'final' || (fate !== undefined && source.kind === 'member')) return 'known-final';
    if (fate === 'spent') throw new MempoolError('nonce-used', `nonce: ${nonce} is used by a final transaction of this sender, this one or another; use the next free nonce for another`);
    if (fate === 'too-old') throw new MempoolError('nonce-too-old', `nonce: ${nonce} is too far below the highest that this sender has used; use the next free nonce`);
    const sizeBytes = transaction.bytes.byteLength;
    const account = this.#accounts.get(sender);
    if (account?.queue.hasNonce(nonce) === true) {
      throw new MempoolError('nonce-used', `nonce: ${nonce} is used by another pending transaction of this sender; use the next free nonce`);
    }
    const refusal = this.#refusal(sizeBytes, source);
    if (refusal !== undefined) throw refusal;
    this.#requireAccountShare(account?.queue, nonce, sizeBytes);
    this.#insert(withOwnBuffer(transaction), account, source);
    return 'added';
  }

  #insert(transaction: Transaction, account: Account | undefined, source: TransactionSource): void {
    const { id, sender, bytes } = transaction;
    const name = nameOfSource(source);
    const share = this.#shares.get(name) ?? new SourceShare(name);
    this.#shares.set(name, share);
    const { queue, home } = account ?? { queue: share.open(sender), home: share };
    this.#accounts.set(sender, { queue, home });
    queue.insert(transaction);
    share.added(transaction);
    this.#byId.set(id, { transaction, share });
    if (source.kind === 'client') this.#local.set(id, transaction);
    this.#sizeBytes += bytes.byteLength;
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
   * What to propose next: sources in turn, senders in turn within a source, those longest not served first, in nonce order
   * within a sender. The same pool gives the same selection. Costs time for what is chosen and excluded, not for the pool's
   * size.
   */
  select(options: SelectOptions): readonly Transaction[] {
    return new Selection(options).from(this.#shares.values());
  }

  /** Pending transactions to send again, those first that were not sent for longest; at least one where there is one. */
  pendingForResend(maxBytes: number): readonly Transaction[] {
    const chosen: Pending[] = [];
    let sizeBytes = 0;
    for (const pending of this.#byId.values()) {
      sizeBytes += pending.transaction.bytes.byteLength;
      if (chosen.length > 0 && sizeBytes > maxBytes) break;
      chosen.push(pending);
    }
    for (const pending of chosen) {
      this.#byId.delete(pending.transaction.id);
      this.#byId.set(pending.transaction.id, pending);
    }
    return chosen.map(({ transaction }) => transaction);
  }

  /** The smallest nonce from `floor` (the ledger's next one) up that no pending transaction of the sender uses. */
  nextNonce(publicKey: PublicKeyHex, floor: number): number {
    return this.#accounts.get(publicKey)?.queue.freeNonce(floor) ?? floor;
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
    const spent = [...senders].flatMap((sender) => (this.#accounts.get(sender)?.queue.all() ?? [])
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

  /** Why there is no room for so many bytes more of this source. */
  #refusal(sizeBytes: number, source: TransactionSource): MempoolError | undefined {
    const { maxTransactions, maxBytes } = this.#limits;
    const freeCount = maxTransactions - this.#byId.size;
    const freeBytes = maxBytes - this.#sizeBytes;
    if (freeCount <= 0) {
      return new MempoolError('full', `${maxTransactions} transactions are pending, which is the limit; submit again once some are final`);
    }
    if (sizeBytes > freeBytes) {
      return new MempoolError('full', `${this.#sizeBytes} bytes of transactions are pending, and ${sizeBytes} more would pass the limit of ${maxBytes}; submit again once some are final`);
    }
    const share = this.#shares.get(nameOfSource(source));
    if (share === undefined || (share.count < freeCount && share.sizeBytes + sizeBytes <= freeBytes)) return undefined;
    return new MempoolError('source-full', `${share.count} transactions of ${share.sizeBytes} bytes from ${share.name} are pending, as many as there is room left for all others; submit again once some are final`);
  }

  #requireAccountShare(account: AccountQueue | undefined, nonce: number, sizeBytes: number): void {
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
    const pending = this.#byId.get(id);
    if (pending === undefined) return;
    const { transaction, share } = pending;
    const { sender, bytes } = transaction;
    this.#byId.delete(id);
    this.#local.delete(id);
    this.#sizeBytes -= bytes.byteLength;
    share.removed(transaction);
    const account = this.#accounts.get(sender);
    if (account === undefined) return;
    const { queue, home } = account;
    queue.remove(transaction);
    home.accounts.delete(sender);
    if (queue.count > 0) home.accounts.set(sender, queue);
    else this.#accounts.delete(sender);
    for (const each of new Set([home, share])) {
      this.#shares.delete(each.name);
      if (!each.isEmpty) this.#shares.set(each.name, each);
    }
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
