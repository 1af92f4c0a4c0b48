import type { PublicKeyHex, Sequence, Slot } from '../types/ids.js';
import type { ConsensusMessage } from '../types/messages.js';
import type {
  BlocksRequest, BlocksResponse, ChunkRequest, CommittedBlock, SlotsRequest, SlotsResponse, Status, SyncRequest, SyncResponse,
} from '../types/sync.js';
import type { SnapshotOffer } from '../types/snapshot.js';
import type { RequestProtocol } from '../network/network.js';
import type { BlockStore } from '../storage/stores.js';
import { estimatedBytes, MessageBudget } from './message-budget.js';
import { DEFAULT_SERVING_LIMITS, ServingBudget, type ServingLimits } from './serving-budget.js';
import { SyncError } from './sync-error.js';

/** The core, as far as answering others needs it. */
export interface SlotStateSource {
  statusOf(): Status;
  /** All proposals (with justifications), votes and certificates held for slots above `slot`, evidence included. */
  slotStateAbove(slot: Slot): readonly ConsensusMessage[];
}

/** The newest snapshot of the ledger's state, as far as answering others needs it. */
export interface SnapshotSource {
  offer(): Promise<SnapshotOffer | undefined>;
  chunk(sequence: Sequence, index: number): Promise<Uint8Array | undefined>;
}

export interface SyncServerPorts {
  readonly blocks: BlockStore;
  /** Absent where no snapshots are made. */
  readonly snapshots?: SnapshotSource | undefined;
  readonly slotState: SlotStateSource;
  /** Encoded size in bytes; estimated from above if absent. */
  sizeOf?(message: ConsensusMessage): number;
  /** Monotonic. */
  nowMs(): number;
}

export interface SyncServerLimits {
  readonly maxBlocksCount: number;
  readonly maxBlocksBytes: number;
  /** See MessageLimits. */
  readonly maxSlotsBytes: number;
  readonly maxSlotsCount: number;
  /** Requests of one peer answered at the same time. */
  readonly maxConcurrentPerPeer: number;
  /** An asker further behind than this gets no slot state: it could not keep it (SPEC section 8). */
  readonly slotWindow: number;
  readonly serving: ServingLimits;
}

export const DEFAULT_SERVER_LIMITS: SyncServerLimits = {
  maxBlocksCount: 1024,
  // What is asked for while catching up; more at once would keep everybody else waiting.
  maxBlocksBytes: 1024 * 1024,
  maxSlotsBytes: 3 * 1024 * 1024,
  maxConcurrentPerPeer: 8,
  maxSlotsCount: 16_384,
  slotWindow: 64,
  serving: DEFAULT_SERVING_LIMITS,
};

const HASH_BYTES = 32;

/** Answers all requests (SPEC sections 4 and 7). Believes nothing of what they say. */
export class SyncServer {
  readonly #ports: SyncServerPorts;
  readonly #limits: SyncServerLimits;
  readonly #running = new Map<PublicKeyHex, number>();
  readonly #budget: MessageBudget;
  readonly #serving: ServingBudget;
  readonly #sizeOf: (message: ConsensusMessage) => number;

  constructor(ports: SyncServerPorts, limits: Partial<SyncServerLimits> = {}) {
    this.#ports = ports;
    this.#limits = { ...DEFAULT_SERVER_LIMITS, ...limits };
    const { maxSlotsBytes: maxBytes, maxSlotsCount: maxCount } = this.#limits;
    this.#sizeOf = ports.sizeOf?.bind(ports) ?? estimatedBytes;
    this.#budget = new MessageBudget({ maxBytes, maxCount }, this.#sizeOf);
    this.#serving = new ServingBudget(this.#limits.serving, () => ports.nowMs());
  }

  /**
   * To be asked before a request is decoded.
   * @throws SyncError `busy` where this peer has taken its share of bytes and work: it is not to blame, and may ask again
   */
  admit(from: PublicKeyHex, protocol: RequestProtocol, requestBytes: number): void {
    if (this.#serving.admit(from, protocol, requestBytes)) return;
    throw new SyncError('busy', `${protocol}: one peer asked for more than its share of this platform's time; ask again later`);
  }

  /**
   * The request's pushed messages and status are not looked at here: the host validates them and hands them on.
   * @throws SyncError `busy` when this peer has too many requests running; whatever the store throws
   */
  async answer(request: SyncRequest, from: PublicKeyHex): Promise<SyncResponse> {
    const running = this.#running.get(from) ?? 0;
    if (running >= this.#limits.maxConcurrentPerPeer) {
      throw new SyncError('busy', `requests: at most ${this.#limits.maxConcurrentPerPeer} of one peer are answered at once; ask again later`);
    }
    this.#running.set(from, running + 1);
    try {
      switch (request.type) {
        case 'STATUS-REQUEST':
          return { type: 'STATUS-RESPONSE', status: this.#ports.slotState.statusOf() };
        case 'BLOCKS-REQUEST':
          return await this.#blocks(request, from);
        case 'SLOTS-REQUEST':
          return this.#slots(request, from);
        case 'SNAPSHOT-REQUEST':
          return { type: 'SNAPSHOT-RESPONSE', offer: await this.#offer(from) };
        case 'CHUNK-REQUEST':
          return { type: 'CHUNK-RESPONSE', chunk: await this.#chunk(request, from) };
      }
    } finally {
      this.#finish(from);
    }
  }

  /** Forgets what was kept for a peer. */
  peerDisconnected(peer: PublicKeyHex): void {
    this.#budget.forget(peer);
  }

  #finish(from: PublicKeyHex): void {
    const left = (this.#running.get(from) ?? 1) - 1;
    if (left > 0) this.#running.set(from, left);
    else this.#running.delete(from);
  }

  async #blocks(request: BlocksRequest, from: PublicKeyHex): Promise<BlocksResponse> {
    const finalSequence = this.#ports.blocks.finalSequence();
    const firstSequence = this.#ports.blocks.firstSequence();
    const maxCount = Math.min(request.maxCount, this.#limits.maxBlocksCount);
    if (request.fromSequence < firstSequence || request.fromSequence > finalSequence || maxCount < 1) {
      return { type: 'BLOCKS-RESPONSE', finalSequence, firstSequence, blocks: [] };
    }
    const maxBytes = Math.min(request.maxBytes, this.#limits.maxBlocksBytes);
    const firstFresh = this.#serving.firstFresh(from);
    const found = await this.#ports.blocks.range(request.fromSequence, maxCount, maxBytes);
    const blocks = endingCertified(found);
    this.#serving.chargeBlocks(from, request.fromSequence, firstFresh, blocks.map(({ block }) => block.sizeBytes));
    return { type: 'BLOCKS-RESPONSE', finalSequence, firstSequence, blocks };
  }

  async #offer(from: PublicKeyHex): Promise<SnapshotOffer | undefined> {
    const offer = await this.#ports.snapshots?.offer();
    if (offer !== undefined) this.#serving.charge(from, { count: 1, sizeBytes: HASH_BYTES * offer.manifest.chunkHashes.length });
    return offer;
  }

  async #chunk({ sequence, index }: ChunkRequest, from: PublicKeyHex): Promise<Uint8Array | undefined> {
    const chunk = await this.#ports.snapshots?.chunk(sequence, index);
    if (chunk !== undefined) this.#serving.charge(from, { count: 1, sizeBytes: chunk.byteLength });
    return chunk;
  }

  #slots(request: SlotsRequest, from: PublicKeyHex): SlotsResponse {
    const status = this.#ports.slotState.statusOf();
    const asker = request.status;
    const isFarBehind = asker.epoch !== status.epoch || status.finalSlot - asker.finalSlot > this.#limits.slotWindow;
    if (isFarBehind) return { type: 'SLOTS-RESPONSE', status, messages: [] };
    const above = asker.finalSlot > status.finalSlot ? asker.finalSlot : status.finalSlot;
    const messages = this.#budget.fit(this.#ports.slotState.slotStateAbove(above), from);
    this.#serving.charge(from, { count: messages.length, sizeBytes: messages.reduce((sum, message) => sum + this.#sizeOf(message), 0) });
    return { type: 'SLOTS-RESPONSE', status, messages };
  }
}

/** Cut after the last block with its own certificate, so that the answer proves itself; whole where there is none. */
function endingCertified(blocks: readonly CommittedBlock[]): readonly CommittedBlock[] {
  const last = blocks.findLastIndex(({ certificate }) => certificate !== undefined);
  return last < 0 ? blocks : blocks.slice(0, last + 1);
}
