import type {
  AccountView, CatchUpStatus, FinalTransaction, PeersStatus, PlatformStatus, PlatformView, SnapshotFetchStatus, StatePage, StateQuery,
} from '../api/platform-view.js';
import { eachTransaction } from '../codec/block.js';
import type { Replica } from '../consensus/replica.js';
import type { QuorumParameters } from '../consensus/quorum.js';
import { leaderOf } from '../consensus/quorum.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Receipt } from '../ledger/receipt.js';
import type { Mempool } from '../mempool/mempool.js';
import { wallClock } from '../network/clocks.js';
import type { Libp2pNetwork } from '../network/libp2p-network.js';
import type { BlockStore } from '../storage/stores.js';
import type { SnapshotFetch, SyncProgress } from '../sync/events.js';
import type { Block, Transaction } from '../types/block.js';
import type { Genesis } from '../types/genesis.js';
import type { Hash, MemberIndex, PlatformName, PublicKeyHex, Sequence, Slot } from '../types/ids.js';
import { toPlatformName } from '../types/ids.js';
import type { Equivocation } from '../types/messages.js';
import type { CommittedBlock } from '../types/sync.js';
import type { ScrubState } from './block-scrub.js';
import type { CatchUpState, CatchUpWatch } from './catch-up-watch.js';
import { chainAheadMs } from './chain-time-watch.js';
import { stateMissing, type Execution } from './execution.js';
import type { FinalityLatency } from './finality-latency.js';
import type { FinalityWaiters } from './finality-waiters.js';
import { ownClockOffsetMs, peersStatus } from './peers-view.js';
import type { Precedence } from './precedence.js';
import type { Tally } from './tally.js';
import type { TransactionIntake } from './transaction-intake.js';
import { VERSION } from './version.js';

/** The parts of a running platform that its view shows. */
export interface ViewedParts {
  readonly name: PlatformName;
  readonly publicKey: PublicKeyHex;
  readonly genesis: Genesis;
  readonly quorum: QuorumParameters;
  readonly replica: Replica;
  readonly blocks: BlockStore;
  readonly ledger: Ledger;
  readonly mempool: Mempool;
  readonly intake: TransactionIntake;
  readonly execution: Execution;
  readonly precedence: Precedence;
  readonly waiters: FinalityWaiters;
  readonly latency: FinalityLatency;
  readonly rejections: Tally;
  readonly network: Pick<Libp2pNetwork, 'snapshot' | 'connectedPeers'>;
  readonly syncProgress: () => SyncProgress;
  readonly snapshotFetch: () => SnapshotFetch | undefined;
  readonly catchUp: CatchUpWatch;
  /** Slots skipped and transactions committed since the process started. */
  readonly counts: () => { readonly slotsSkipped: number; readonly transactionsCommitted: number };
  /** Of the snapshot that is served. */
  readonly snapshotSequence: () => Sequence | undefined;
  readonly scrubState: () => ScrubState;
  /** By the monotonic clock. */
  readonly startedAtMs: number;
}

/** What HTTP and the CLI see of a running platform. */
export class RunningPlatformView implements PlatformView {
  readonly #parts: ViewedParts;
  readonly #listeners = new Set<(block: CommittedBlock) => void>();

  constructor(parts: ViewedParts) {
    this.#parts = parts;
  }

  /**
   * A quorum, this platform included, has said where it stands on the connections that there are now. Fewer may all lack
   * what the others have made final.
   */
  get inTouch(): boolean {
    return this.#parts.syncProgress().heardPeers + 1 >= this.#parts.quorum.quorum;
  }

  status(): PlatformStatus {
    const { genesis, quorum, replica, execution, mempool, counts, latency, rejections } = this.#parts;
    const network = this.#parts.network.snapshot();
    const snapshot = replica.snapshot();
    const { slotsSkipped, transactionsCommitted } = counts();
    const progress = this.#parts.syncProgress();
    const catchUp = this.#parts.catchUp.state(progress, performance.now());
    const snapshotFetch = this.#parts.snapshotFetch();
    const { finalTip, stableCheckpoint } = snapshot;
    return {
      version: VERSION,
      platform: this.#parts.name,
      public_key: this.#parts.publicKey,
      chain_id: genesis.chainId,
      society: genesis.society,
      epoch: genesis.membership.epoch,
      view: snapshot.view,
      sequence: finalTip.sequence + 1,
      committed_blocks: finalTip.sequence + 1,
      executed_blocks: execution.executedSequence + 1,
      first_block: this.#parts.blocks.firstSequence(),
      snapshot_block: this.#parts.snapshotSequence() ?? null,
      block_check: this.#parts.scrubState(),
      slot: snapshot.currentSlot,
      phase: snapshot.phase,
      n: quorum.memberCount,
      f: quorum.faultTolerance,
      quorum_size: quorum.quorum,
      fast_quorum_size: quorum.fastPath === 'off' ? null : quorum.fastQuorum,
      proposer: this.leaderName(snapshot.currentSlot),
      prepare_votes: snapshot.prepareVotes,
      commit_votes: snapshot.commitVotes,
      view_change_votes: snapshot.viewChangeVotes,
      peers: this.#peerNames(),
      in_touch: this.inTouch,
      catching_up: catchUp !== undefined || snapshot.provenFinalSlot !== undefined || stateMissing(this.#parts.ledger, this.#parts.blocks),
      catch_up: catchUp === undefined ? null : catchUpStatus(catchUp),
      snapshot_fetch: snapshotFetch === undefined ? null : snapshotFetchStatus(snapshotFetch),
      blocks_behind: progress.remaining,
      voting: snapshot.mode,
      last_block_hash: finalTip.hash,
      last_block_timestamp_ms: finalTip.sequence < 0 ? null : finalTip.timestampMs,
      wrong_chain: network.peers.filter(({ otherChain }) => otherChain !== undefined).map(({ peer }) => this.#nameOf(peer)),
      clock_offset_ms: ownClockOffsetMs(network.peers),
      chain_ahead_ms: chainAheadMs(finalTip.timestampMs, wallClock()),
      stable_checkpoint: stableCheckpoint === undefined ? null : { sequence: stableCheckpoint.sequence, state_root: stableCheckpoint.stateRoot },
      state_root: execution.stateRoot ?? null,
      mempool_transactions: mempool.count,
      mempool_bytes: mempool.sizeBytes,
      transactions_committed: transactionsCommitted,
      finality_ms: latency.summary(),
      view_changes: slotsSkipped,
      presumed_dead: snapshot.presumedDead.map((member) => this.platformName(member)),
      equivocations: snapshot.equivocations.length,
      rejections: { ...network.counters, ...rejections.snapshot() },
      memory_bytes: process.memoryUsage.rss(),
      uptime_ms: Math.round(performance.now() - this.#parts.startedAtMs),
    };
  }

  peers(): PeersStatus {
    return peersStatus(this.#parts.network.snapshot(), {
      platform: this.#parts.name, chainId: this.#parts.genesis.chainId, inTouch: this.inTouch, nameOf: (peer) => this.#nameOf(peer),
    });
  }

  afterUrgentWork(run: () => void): void {
    this.#parts.precedence.soon(run);
  }

  submit(bytes: Uint8Array, clientAddress?: string): Hash {
    return this.#parts.intake.submit(bytes, clientAddress);
  }

  async waitFinal(transactionId: Hash, timeoutMs: number): Promise<FinalTransaction> {
    // The waiter is in place before the ledger is asked, so that a block executed in between is not missed.
    const executed = this.#parts.waiters.wait(transactionId, timeoutMs);
    executed.catch(() => undefined);
    const receipt = await this.#parts.ledger.receipt(transactionId);
    if (receipt !== undefined) this.#parts.waiters.executed(receipt);
    return this.#located(await executed);
  }

  async transaction(transactionId: Hash): Promise<FinalTransaction | 'pending' | 'spent' | undefined> {
    const receipt = await this.#parts.ledger.receipt(transactionId);
    if (receipt !== undefined) return this.#located(receipt);
    const { mempool } = this.#parts;
    return mempool.has(transactionId) ? 'pending' : mempool.isSpent(transactionId) ? 'spent' : undefined;
  }

  async account(publicKey: PublicKeyHex): Promise<AccountView> {
    const { nextNonce } = await this.#parts.ledger.account(publicKey);
    return { publicKey, nextNonce: this.#parts.mempool.nextNonce(publicKey, nextNonce) };
  }

  query(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#parts.ledger.query(key);
  }

  entries(query: StateQuery): Promise<StatePage> {
    return this.#parts.ledger.entries(query);
  }

  block(which: Sequence | 'latest'): Promise<CommittedBlock | undefined> {
    const { blocks } = this.#parts;
    const sequence = which === 'latest' ? blocks.finalSequence() : which;
    return sequence < 0 ? Promise.resolve(undefined) : blocks.bySequence(sequence);
  }

  transactionsOf(block: Block): Iterable<Transaction> {
    return eachTransaction(block);
  }

  equivocations(): Promise<readonly Equivocation[]> {
    return this.#parts.blocks.equivocations();
  }

  platformName(member: MemberIndex): PlatformName {
    return this.#parts.genesis.membership.members[member]?.name ?? toPlatformName(`member-${member}`);
  }

  leaderName(slot: Slot): PlatformName {
    return this.platformName(leaderOf(slot, this.#parts.quorum.memberCount));
  }

  onFinalBlock(listener: (block: CommittedBlock) => void): () => void {
    this.#listeners.add(listener);
    return () => { this.#listeners.delete(listener); };
  }

  /** A final block was executed. */
  blockExecuted(block: CommittedBlock): void {
    for (const listener of this.#listeners) listener(block);
  }

  #nameOf(peer: PublicKeyHex): PlatformName {
    return this.#parts.genesis.membership.members.find(({ publicKey }) => publicKey === peer)?.name ?? toPlatformName('unknown');
  }

  #peerNames(): PlatformName[] {
    const connected = new Set(this.#parts.network.connectedPeers());
    return this.#parts.genesis.membership.members.filter(({ publicKey }) => connected.has(publicKey)).map(({ name }) => name);
  }

  async #located(receipt: Receipt): Promise<FinalTransaction> {
    const committed = await this.#parts.blocks.bySequence(receipt.sequence);
    return { receipt, blockHash: committed?.block.hash };
  }
}

function catchUpStatus(state: CatchUpState): CatchUpStatus {
  const { from, at, fetched, to, remaining, blocksPerSecond, remainingSeconds, fetchedBytes } = state;
  return {
    from, at, fetched, to, remaining,
    blocks_per_second: toTenths(blocksPerSecond), remaining_seconds: remainingSeconds === undefined ? null : toTenths(remainingSeconds), fetched_bytes: fetchedBytes,
  };
}

function snapshotFetchStatus({ sequence, chunksDone, chunks }: SnapshotFetch): SnapshotFetchStatus {
  return { block: sequence, chunks_done: chunksDone, chunks };
}

function toTenths(value: number): number {
  return Math.round(value * 10) / 10;
}
