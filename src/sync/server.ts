import type { PublicKeyHex, Slot } from '../types/ids.js';
import type { ConsensusMessage } from '../types/messages.js';
import type { BlocksRequest, BlocksResponse, CommittedBlock, SlotsRequest, SlotsResponse, Status, SyncRequest, SyncResponse } from '../types/sync.js';
import type { BlockStore } from '../storage/stores.js';
import { SyncError } from './sync-error.js';

/** The core, as far as answering others needs it. */
export interface SlotStateSource {
  statusOf(): Status;
  /** All proposals (with justifications), votes and certificates held for slots above `slot`, evidence included. */
  slotStateAbove(slot: Slot): readonly ConsensusMessage[];
}

export interface SyncServerPorts {
  readonly blocks: BlockStore;
  readonly slotState: SlotStateSource;
  /** Encoded size in bytes; an upper estimate will do. */
  sizeOf(message: ConsensusMessage): number;
}

export interface SyncServerLimits {
  readonly maxBlocksCount: number;
  readonly maxBlocksBytes: number;
  readonly maxSlotsBytes: number;
  /** Requests of one peer answered at the same time. */
  readonly maxConcurrentPerPeer: number;
  /** An asker further behind than this gets no slot state: it could not keep it (PROTOCOL section 8). */
  readonly slotWindow: number;
}

export const DEFAULT_SERVER_LIMITS: SyncServerLimits = {
  maxBlocksCount: 1024,
  maxBlocksBytes: 4 * 1024 * 1024,
  maxSlotsBytes: 3 * 1024 * 1024,
  maxConcurrentPerPeer: 8,
  slotWindow: 64,
};

/** Answers STATUS, BLOCKS and SLOTS requests (PROTOCOL sections 4 and 7). Believes nothing of what they say. */
export class SyncServer {
  readonly #ports: SyncServerPorts;
  readonly #limits: SyncServerLimits;
  readonly #running = new Map<PublicKeyHex, number>();
  /** Slot of the last proposal sent to an asker to whom not all could be sent at once. */
  readonly #resumeAbove = new Map<PublicKeyHex, Slot>();

  constructor(ports: SyncServerPorts, limits: Partial<SyncServerLimits> = {}) {
    this.#ports = ports;
    this.#limits = { ...DEFAULT_SERVER_LIMITS, ...limits };
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
          return await this.#blocks(request);
        case 'SLOTS-REQUEST':
          return this.#slots(request, from);
      }
    } finally {
      this.#finish(from);
    }
  }

  /** Forgets what was kept for a peer. */
  peerDisconnected(peer: PublicKeyHex): void {
    this.#resumeAbove.delete(peer);
  }

  #finish(from: PublicKeyHex): void {
    const left = (this.#running.get(from) ?? 1) - 1;
    if (left > 0) this.#running.set(from, left);
    else this.#running.delete(from);
  }

  async #blocks(request: BlocksRequest): Promise<BlocksResponse> {
    const finalSequence = this.#ports.blocks.finalSequence();
    const maxCount = Math.min(request.maxCount, this.#limits.maxBlocksCount);
    if (request.fromSequence < 0 || request.fromSequence > finalSequence || maxCount < 1) {
      return { type: 'BLOCKS-RESPONSE', finalSequence, blocks: [] };
    }
    const maxBytes = Math.min(request.maxBytes, this.#limits.maxBlocksBytes);
    const found = await this.#ports.blocks.range(request.fromSequence, maxCount, maxBytes);
    return { type: 'BLOCKS-RESPONSE', finalSequence, blocks: endingCertified(found) };
  }

  #slots(request: SlotsRequest, from: PublicKeyHex): SlotsResponse {
    const status = this.#ports.slotState.statusOf();
    const asker = request.status;
    const isFarBehind = asker.epoch !== status.epoch || status.finalSlot - asker.finalSlot > this.#limits.slotWindow;
    if (isFarBehind) return { type: 'SLOTS-RESPONSE', status, messages: [] };
    const above = asker.finalSlot > status.finalSlot ? asker.finalSlot : status.finalSlot;
    return { type: 'SLOTS-RESPONSE', status, messages: this.#fitting(this.#ports.slotState.slotStateAbove(above), from) };
  }

  /**
   * As much as fits: votes and certificates before proposals, since they are small and all of them count; proposals
   * by slot, and where they do not all fit, the next answer to the same asker goes on where this one stopped. An asker
   * that got the same first part for ever would be stuck.
   */
  #fitting(messages: readonly ConsensusMessage[], from: PublicKeyHex): readonly ConsensusMessage[] {
    let spaceBytes = this.#limits.maxSlotsBytes;
    const chosen: ConsensusMessage[] = [];
    const take = (message: ConsensusMessage): boolean => {
      const sizeBytes = this.#ports.sizeOf(message);
      if (sizeBytes > spaceBytes) return false;
      spaceBytes -= sizeBytes;
      chosen.push(message);
      return true;
    };
    for (const message of messages) if (message.type !== 'PRE-PREPARE') take(message);

    const resumeAbove = this.#resumeAbove.get(from) ?? -1;
    const proposals = messages.filter((message) => message.type === 'PRE-PREPARE').sort((a, b) => a.slot - b.slot);
    const inTurn = [...proposals.filter(({ slot }) => slot > resumeAbove), ...proposals.filter(({ slot }) => slot <= resumeAbove)];
    const firstUnsent = inTurn.findIndex((proposal) => !take(proposal));
    const lastSent = inTurn[firstUnsent - 1];
    if (firstUnsent < 0) this.#resumeAbove.delete(from);
    else if (lastSent !== undefined) this.#resumeAbove.set(from, lastSent.slot);
    return chosen;
  }
}

/** Cut after the last block with its own certificate, so that the answer proves itself; whole where there is none. */
function endingCertified(blocks: readonly CommittedBlock[]): readonly CommittedBlock[] {
  const last = blocks.findLastIndex(({ certificate }) => certificate !== undefined);
  return last < 0 ? blocks : blocks.slice(0, last + 1);
}
