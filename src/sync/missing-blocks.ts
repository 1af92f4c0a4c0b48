import type { Hash, PublicKeyHex, Slot } from '../types/ids.js';
import type { ConsensusMessage } from '../types/messages.js';
import type { SyncSettings } from './settings.js';

interface MissingBlock {
  readonly slot: Slot;
  /** Peers asked in this round. */
  readonly asked: Set<PublicKeyHex>;
  /** Rounds in which nobody had it. */
  fruitless: number;
  notBeforeMs: number;
  /** The core named it since the last pull. */
  wanted: boolean;
}

/**
 * Blocks that votes name and the core lacks (SPEC section 7), each asked of one peer after another. One pull brings
 * all slot state, so all missing blocks share it. The core names a block again for as long as it lacks it; one that
 * nobody has, because a liar voted for it, is asked for ever more seldom.
 */
export class MissingBlocks {
  readonly #settings: SyncSettings;
  readonly #missing = new Map<Hash, MissingBlock>();
  #lastPullMs = Number.NEGATIVE_INFINITY;

  constructor(settings: SyncSettings) {
    this.#settings = settings;
  }

  note(slot: Slot, blockHash: Hash): void {
    const known = this.#missing.get(blockHash);
    if (known !== undefined) {
      known.wanted = true;
      return;
    }
    if (this.#missing.size >= this.#settings.maxMissingBlocks) this.#forgetLeastHopeful();
    this.#missing.set(blockHash, { slot, asked: new Set(), fruitless: 0, notBeforeMs: Number.NEGATIVE_INFINITY, wanted: true });
  }

  noteFinal(finalSlot: Slot): void {
    for (const [blockHash, { slot }] of this.#missing) if (slot <= finalSlot) this.#missing.delete(blockHash);
  }

  noteAnswer(messages: readonly ConsensusMessage[]): void {
    for (const message of messages) if (message.type === 'PRE-PREPARE') this.#missing.delete(message.block.hash);
  }

  /** When the next pull is due; undefined where none is wanted. */
  get dueMs(): number | undefined {
    let earliestMs: number | undefined;
    for (const { wanted, notBeforeMs } of this.#missing.values()) {
      if (wanted && (earliestMs === undefined || notBeforeMs < earliestMs)) earliestMs = notBeforeMs;
    }
    return earliestMs === undefined ? undefined : Math.max(earliestMs, this.#lastPullMs + this.#settings.missingBlockIntervalMs);
  }

  /**
   * The peer to pull from now, or undefined.
   * @param peers connected peers, those most likely to help first; `busy` ones are being asked already
   */
  next(peers: readonly { readonly key: PublicKeyHex; readonly busy: boolean }[], nowMs: number): PublicKeyHex | undefined {
    const { dueMs } = this;
    if (dueMs === undefined || nowMs < dueMs) return undefined;
    for (const block of this.#missing.values()) {
      if (!block.wanted || nowMs < block.notBeforeMs) continue;
      const left = peers.filter(({ key }) => !block.asked.has(key));
      const chosen = left.find(({ busy }) => !busy);
      if (chosen !== undefined) {
        this.#notePull(chosen.key, nowMs);
        return chosen.key;
      }
      if (left.length === 0 && peers.length > 0) this.#pause(block, nowMs);
    }
    return undefined;
  }

  #notePull(peer: PublicKeyHex, nowMs: number): void {
    this.#lastPullMs = nowMs;
    for (const block of this.#missing.values()) {
      block.asked.add(peer);
      block.wanted = false;
    }
  }

  #pause(block: MissingBlock, nowMs: number): void {
    block.asked.clear();
    block.notBeforeMs = nowMs + Math.min(this.#settings.backoffMs * 2 ** Math.min(block.fruitless, 20), this.#settings.maxBackoffMs);
    block.fruitless += 1;
  }

  /** Room for a new one, at the cost of the one looked for most often in vain. */
  #forgetLeastHopeful(): void {
    let least: readonly [Hash, MissingBlock] | undefined;
    for (const entry of this.#missing) if (least === undefined || entry[1].fruitless > least[1].fruitless) least = entry;
    if (least !== undefined) this.#missing.delete(least[0]);
  }
}
