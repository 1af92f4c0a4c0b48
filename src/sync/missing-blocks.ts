import type { Hash, PublicKeyHex, Slot } from '../types/ids.js';
import type { ConsensusMessage } from '../types/messages.js';
import type { SyncSettings } from './settings.js';

interface MissingBlock {
  readonly slot: Slot;
  readonly blockHash: Hash;
  readonly notedMs: number;
  /** Peers whose slot state did not hold it. */
  readonly asked: Set<PublicKeyHex>;
}

/**
 * Blocks that votes name and the core lacks (PROTOCOL section 7), each asked of one peer after another. One pull brings
 * all slot state, so all missing blocks share it. A block that nobody had is forgotten: the core asks again as long as
 * it needs it.
 */
export class MissingBlocks {
  readonly #settings: SyncSettings;
  readonly #missing = new Map<Hash, MissingBlock>();
  #lastPullMs = Number.NEGATIVE_INFINITY;

  constructor(settings: SyncSettings) {
    this.#settings = settings;
  }

  note(slot: Slot, blockHash: Hash, nowMs: number): void {
    if (this.#missing.has(blockHash) || this.#missing.size >= this.#settings.maxMissingBlocks) return;
    this.#missing.set(blockHash, { slot, blockHash, notedMs: nowMs, asked: new Set() });
  }

  noteFinal(finalSlot: Slot): void {
    for (const { slot, blockHash } of this.#missing.values()) if (slot <= finalSlot) this.#missing.delete(blockHash);
  }

  noteAnswer(peer: PublicKeyHex, messages: readonly ConsensusMessage[]): void {
    for (const message of messages) if (message.type === 'PRE-PREPARE') this.#missing.delete(message.block.hash);
    for (const block of this.#missing.values()) block.asked.add(peer);
  }

  noteFailure(peer: PublicKeyHex): void {
    for (const block of this.#missing.values()) block.asked.add(peer);
  }

  /** When the next pull is due; undefined where nothing is missing. A vote often overtakes its proposal: grace for that. */
  get dueMs(): number | undefined {
    const [oldest] = this.#missing.values();
    if (oldest === undefined) return undefined;
    return Math.max(this.#lastPullMs + this.#settings.missingBlockIntervalMs, oldest.notedMs + this.#settings.graceMs);
  }

  /**
   * The peer to pull from now, or undefined.
   * @param peers connected peers, those most likely to help first; `busy` ones are being asked already
   */
  next(peers: readonly { readonly key: PublicKeyHex; readonly busy: boolean }[], nowMs: number): PublicKeyHex | undefined {
    const { dueMs } = this;
    if (dueMs === undefined || nowMs < dueMs) return undefined;
    const oldest = this.#forgetUnobtainable(peers);
    const chosen = oldest === undefined ? undefined : peers.find((peer) => !peer.busy && !oldest.asked.has(peer.key));
    if (chosen !== undefined) this.#lastPullMs = nowMs;
    return chosen?.key;
  }

  /** The first missing block that some peer has not been asked for. */
  #forgetUnobtainable(peers: readonly { readonly key: PublicKeyHex }[]): MissingBlock | undefined {
    for (const block of this.#missing.values()) {
      if (peers.some((peer) => !block.asked.has(peer.key))) return block;
      if (peers.length > 0) this.#missing.delete(block.blockHash);
    }
    return undefined;
  }
}
