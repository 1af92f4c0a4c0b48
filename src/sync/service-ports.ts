import type { WireLimits } from '../codec/limits.js';
import { decodeSyncRequest, decodeSyncResponse, encodeSyncRequest, encodeSyncResponse } from '../codec/wire/sync.js';
import type { Input } from '../consensus/events.js';
import type { Network } from '../network/network.js';
import type { BlockStore } from '../storage/stores.js';
import type { PublicKeyHex, Slot } from '../types/ids.js';
import type { ConsensusMessage, Verified } from '../types/messages.js';
import type { Status, SyncRequest, SyncResponse } from '../types/sync.js';
import type { SyncNotice } from './events.js';
import type { Judge, SyncValidator } from './intake.js';
import type { SnapshotSource } from './server.js';
import type { SyncSettings } from './settings.js';
import type { ProvenOffer, SnapshotDraft } from './snapshot-fetcher.js';

/** The core and its surroundings. */
export interface SyncCore {
  status(): Status;
  readonly workPending: boolean;
  /** So many final blocks wait to be executed that no more are to be delivered; `SyncService.coreMoved` tells when that is over. */
  readonly backlogFull: boolean;
  slotStateAbove(slot: Slot): readonly ConsensusMessage[];
  /** What of a message may go to the core; see `Judge`. */
  readonly judge: Judge;
  resendMessages(): readonly ConsensusMessage[];
  /** Pending transactions to send again, canonical bytes, within both limits (section 4). */
  pendingTransactions(maxCount: number, maxBytes: number): readonly Uint8Array[];
  deliver(input: Extract<Input, { type: 'message' | 'synced' | 'adopted' | 'compared' }>): void;
  /** Unverified transactions that a peer sent again. */
  takeTransactions(transactions: readonly Uint8Array[], from: PublicKeyHex): void;
  /** A sign of life of a member (R8). */
  heard(peer: PublicKeyHex): void;
  /** Where a member stands; an answer to a platform that recovers its votes (R10). */
  peerStatus(peer: PublicKeyHex, status: Verified<Status>): void;
  /** A defect of this platform itself: it must stop. */
  fatal(error: Error): void;
}

/** How requests and answers become bytes and come back from them. Decoders throw CodecError; so may encoders. */
export interface SyncWire {
  encodeRequest(request: SyncRequest): Uint8Array;
  /** @param admit called with how many messages a request pushes, before they are decoded; what it throws is thrown */
  decodeRequest(bytes: Uint8Array, limits: WireLimits, admit?: (messageCount: number) => void): SyncRequest;
  encodeResponse(response: SyncResponse): Uint8Array;
  decodeResponse(bytes: Uint8Array, limits: WireLimits): SyncResponse;
}

export const SYNC_WIRE: SyncWire = {
  encodeRequest: encodeSyncRequest, decodeRequest: decodeSyncRequest, encodeResponse: encodeSyncResponse, decodeResponse: decodeSyncResponse,
};

/** Monotonic time. `wakeAt` asks for `SyncService.tick` then, in place of any earlier wish; undefined for never. */
export interface SyncClock {
  nowMs(): number;
  wakeAt(monotonicMs: number | undefined): void;
}

/** Snapshots of the ledger's state, both ways. */
export interface SyncSnapshots extends SnapshotSource, SnapshotDraft {
  /** The ledger's state is neither here nor to be had by executing the blocks that are. */
  stateMissing(): boolean;
  /** See SnapshotFetcherPorts. */
  restore(offer: ProvenOffer): Promise<void>;
}

export interface SyncServiceOptions {
  /** Without `takePushed` nobody may push too much, as in a simulator. */
  readonly network: Pick<Network, 'request' | 'penalize'> & Partial<Pick<Network, 'takePushed'>>;
  /** Of the present epoch. */
  readonly validator: () => SyncValidator & { readonly limits: WireLimits };
  readonly blocks: BlockStore;
  readonly core: SyncCore;
  readonly clock: SyncClock;
  /** Absent where this platform neither serves nor takes snapshots. */
  readonly snapshots?: SyncSnapshots;
  /** Keys of the other members. */
  readonly others: readonly PublicKeyHex[];
  readonly settings?: Partial<SyncSettings>;
  readonly notice?: (notice: SyncNotice) => void;
  /** Resolves once other work had its turn; default setImmediate. */
  readonly pause?: () => Promise<void>;
  /** Default the one encoding there is; a simulator may spare itself the work. */
  readonly wire?: SyncWire;
}
