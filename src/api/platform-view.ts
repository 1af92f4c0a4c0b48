import type { Block, Transaction } from '../types/block.js';
import type { Hash, MemberIndex, PlatformName, PublicKeyHex, Sequence, Slot } from '../types/ids.js';
import type { Equivocation } from '../types/messages.js';
import type { CommittedBlock } from '../types/sync.js';

export type Phase = 'IDLE' | 'PRE-PREPARED' | 'PREPARED' | 'COMMITTED';

/** How far a platform that is behind has come, in numbers of blocks. */
export interface CatchUpStatus {
  /** Executed when it began. */
  readonly from: number;
  /** Executed by now. */
  readonly at: number;
  /** Fetched and proven final by now; they are executed meanwhile. */
  readonly fetched: number;
  /** Known to exist. */
  readonly to: number;
  readonly remaining: number;
  /** Executed, over the last ten seconds. */
  readonly blocks_per_second: number;
  /** At that speed; null while there is none. */
  readonly remaining_seconds: number | null;
  readonly fetched_bytes: number;
}

/** How much of a snapshot of the state is here. */
export interface SnapshotFetchStatus {
  /** The block after which the state was taken. */
  readonly block: number;
  readonly chunks_done: number;
  readonly chunks: number;
}

/** `GET /consensus/status`; field names are the original design's where it had one. */
export interface PlatformStatus {
  /** Of the program. */
  readonly version: string;
  readonly platform: PlatformName;
  /** The platform's. */
  readonly public_key: PublicKeyHex;
  readonly chain_id: Hash;
  readonly society: string;
  readonly epoch: number;
  readonly view: number;
  /** The sequence to be committed next, so the number of committed blocks. */
  readonly sequence: number;
  readonly committed_blocks: number;
  readonly executed_blocks: number;
  /** The oldest block that is held here: 0 unless older ones were pruned, or a snapshot took their place. */
  readonly first_block: number;
  /** The block after which the state that is served to others as a snapshot was taken; null where there is none. */
  readonly snapshot_block: number | null;
  /** The slow reading of all final blocks for damage: checked and unreadable ones in this pass, passes ended since the start. */
  readonly block_check: { readonly checked: number; readonly unreadable: number; readonly passes: number };
  readonly slot: number;
  readonly phase: Phase;
  readonly n: number;
  readonly f: number;
  readonly quorum_size: number;
  readonly fast_quorum_size: number | null;
  readonly proposer: PlatformName;
  /** Votes held for the leading block of the current slot. */
  readonly prepare_votes: number;
  readonly commit_votes: number;
  readonly view_change_votes: number;
  /** Connected members other than this platform. */
  readonly peers: readonly PlatformName[];
  /**
   * A quorum, counting this platform, is connected and has said where it stands. False: it cannot know whether it is behind,
   * whatever `catching_up` says, and no block becomes final here.
   */
  readonly in_touch: boolean;
  /** Lacks final blocks that are known to exist, or has not executed those that it fetched. */
  readonly catching_up: boolean;
  /** Null where it is not catching up, and where the state is missing while no later final block is known. */
  readonly catch_up: CatchUpStatus | null;
  /** Null while no snapshot of the state is fetched. */
  readonly snapshot_fetch: SnapshotFetchStatus | null;
  /** Final blocks known to exist that this platform does not have yet. */
  readonly blocks_behind: number;
  readonly voting: 'voting' | 'comparing' | 'observing';
  readonly last_block_hash: Hash;
  readonly last_block_timestamp_ms: number | null;
  /** Members that are on another chain: with another genesis. */
  readonly wrong_chain: readonly PlatformName[];
  /** This host's clock minus the members', by their median; null where none was compared. */
  readonly clock_offset_ms: number | null;
  /** How far chain time, that of the newest final block or of genesis, is ahead of this host's clock; 0 where it is not. */
  readonly chain_ahead_ms: number;
  readonly stable_checkpoint: { readonly sequence: number; readonly state_root: Hash } | null;
  readonly state_root: Hash | null;
  readonly mempool_transactions: number;
  readonly mempool_bytes: number;
  /** Transactions in committed blocks since this process started. */
  readonly transactions_committed: number;
  /** From this platform's first sight of the proposal to finality, over the last 1,024 blocks finalised live; null before the first. */
  readonly finality_ms: { readonly last: number; readonly p50: number; readonly p99: number } | null;
  readonly view_changes: number;
  readonly presumed_dead: readonly PlatformName[];
  readonly equivocations: number;
  /** Rejected input by reason since start. */
  readonly rejections: Readonly<Record<string, number>>;
  readonly memory_bytes: number;
  readonly uptime_ms: number;
}

export interface Receipt {
  readonly transactionId: Hash;
  readonly sequence: Sequence;
  /** Position in the block. */
  readonly index: number;
  readonly ok: boolean;
  /** A code such as `nonce-used`, present where `ok` is false. */
  readonly error: string | undefined;
}

/** A final transaction: where it is, and how it fared. */
export interface FinalTransaction {
  readonly receipt: Receipt;
  /** Undefined where the block was pruned. */
  readonly blockHash: Hash | undefined;
}

export interface AccountView {
  readonly publicKey: PublicKeyHex;
  /** A nonce that is free, counting pending transactions. */
  readonly nextNonce: number;
}

/** An address at which nobody was reached at the last try. */
export interface UnreachableAddress {
  readonly address: string;
  /** In words for people. */
  readonly cause: string;
  readonly ago_ms: number;
}

/** What a platform knows of its connection with one other member. */
export interface PeerStatus {
  readonly platform: PlatformName;
  readonly public_key: PublicKeyHex;
  readonly peer_id: string;
  readonly linked: boolean;
  /** For how long it has been linked, or not. */
  readonly for_ms: number;
  /** In the order to dial. */
  readonly addresses: readonly string[];
  /** Null where no try has failed since it was linked last. */
  readonly last_error: UnreachableAddress | null;
  readonly round_trip_ms: number | null;
  /** Of the program, as the member says itself. */
  readonly version: string | null;
  /** Its clock minus this host's, as it says itself, and by how much that may be wrong at most. */
  readonly clock_offset_ms: number | null;
  readonly clock_uncertainty_ms: number | null;
  /** The chain that it is on, where that is another. */
  readonly other_chain: Hash | null;
}

/** `GET /peers`. */
export interface PeersStatus {
  readonly platform: PlatformName;
  readonly chain_id: Hash;
  readonly in_touch: boolean;
  readonly listening: readonly string[];
  /** This host's clock minus the members', by their median; null where none was compared. */
  readonly clock_offset_ms: number | null;
  /** Every other member, linked or not, in genesis order. */
  readonly peers: readonly PeerStatus[];
  /** Bootstrap addresses without PeerId. */
  readonly unreachable: readonly UnreachableAddress[];
}

/** Which entries of the application's state are asked for. */
export interface StateQuery {
  /** What their keys begin with; empty for all. */
  readonly prefix: Uint8Array;
  /** The key after which to go on. */
  readonly after: Uint8Array | undefined;
  readonly maxCount: number;
  /** Of keys and values together; the first entry is given whatever its size. */
  readonly maxBytes: number;
}

/** Some entries of the application's state, in the order of their keys. */
export interface StatePage {
  readonly entries: readonly (readonly [key: Uint8Array, value: Uint8Array])[];
  /** There are more after the last of these. */
  readonly hasMore: boolean;
}

/** What HTTP and the CLI's server side need of a running platform. Implemented in node/. */
export interface PlatformView {
  status(): PlatformStatus;
  peers(): PeersStatus;
  /** Accepts a canonical transaction into the mempool, in the share of the client's address, and gossips it. @throws TransactionRejected */
  submit(bytes: Uint8Array, clientAddress?: string): Hash;
  /** Runs it once other work of the platform had its turn, and later where something urgent is under way. */
  afterUrgentWork(run: () => void): void;
  /** Resolves once the transaction is final and executed; rejects with ApiTimeout, or as `submit` where it can have no effect any more. */
  waitFinal(transactionId: Hash, timeoutMs: number): Promise<FinalTransaction>;
  /** `spent`: dropped lately, since it can have no effect any more. */
  transaction(transactionId: Hash): Promise<FinalTransaction | 'pending' | 'spent' | undefined>;
  account(publicKey: PublicKeyHex): Promise<AccountView>;
  /** The application's query; undefined where there is no such key. */
  query(key: Uint8Array): Promise<Uint8Array | undefined>;
  entries(query: StateQuery): Promise<StatePage>;
  block(which: Sequence | 'latest'): Promise<CommittedBlock | undefined>;
  /** A block's transactions, each taken apart when it is asked for: all at once would take too long. */
  transactionsOf(block: Block): Iterable<Transaction>;
  equivocations(): Promise<readonly Equivocation[]>;
  platformName(member: MemberIndex): PlatformName;
  /** Who leads a slot, whatever a header for it says. */
  leaderName(slot: Slot): PlatformName;
  /** Calls back for each final block, in order; returns the unsubscriber. */
  onFinalBlock(listener: (block: CommittedBlock) => void): () => void;
}
