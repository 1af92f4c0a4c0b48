import { encodeConsensusMessage } from '../codec/wire/messages.js';
import type { Notice } from '../consensus/events.js';
import type { QuorumParameters } from '../consensus/quorum.js';
import type { DurableState } from '../consensus/records.js';
import { Replica } from '../consensus/replica.js';
import type { Application } from '../ledger/application.js';
import { LedgerError } from '../ledger/ledger-error.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Receipt } from '../ledger/receipt.js';
import type { MempoolLimits } from '../mempool/mempool.js';
import { Mempool } from '../mempool/mempool.js';
import { IGNORED, REJECTED } from '../network/network.js';
import type { GossipOutcome, GossipVerdict, Network, NetworkHandlers, RequestProtocol, Topic } from '../network/network.js';
import type { PlatformStore } from '../storage/platform-store.js';
import type { SnapshotFetch, SyncNotice, SyncProgress } from '../sync/events.js';
import type { SyncSnapshots, SyncWire } from '../sync/service-ports.js';
import { SyncService } from '../sync/service.js';
import type { SyncSettings } from '../sync/settings.js';
import type { ProvenOffer } from '../sync/snapshot-fetcher.js';
import { WrongSnapshotError } from '../sync/snapshot-fetcher.js';
import type { Genesis } from '../types/genesis.js';
import type { Hash, MemberIndex, PublicKeyHex, Sequence } from '../types/ids.js';
import { toMemberIndex, toSlot } from '../types/ids.js';
import type { ConsensusMessage, Equivocation, Verified } from '../types/messages.js';
import type { CommittedBlock } from '../types/sync.js';
import type { MessageValidator } from '../validation/message-validator.js';
import type { StatementSigner } from '../validation/own-signer.js';
import { BlockBuilder } from './block-builder.js';
import { ConsensusDriver } from './consensus-driver.js';
import type { Judged } from './consensus-intake.js';
import { ConsensusIntake } from './consensus-intake.js';
import { Execution, stateMissing } from './execution.js';
import type { HostClock } from './host-clock.js';
import { Precedence } from './precedence.js';
import { rememberFinalTransactions } from './recent-transactions.js';
import type { SnapshotKeeper } from './snapshot-keeper.js';
import { SpentTransactions } from './spent-transactions.js';
import { Tally } from './tally.js';
import { TransactionIntake } from './transaction-intake.js';

/** The longest slot timer as a multiple of T₀: long enough for slow networks, short enough that nobody waits for minutes. */
export const MAX_SLOT_TIMEOUT_FACTOR = 10;

/**
 * Pending transactions sent again in one exchange; the mempool goes round. Gossip has brought most of them already, and
 * under load every peer gets an exchange a second.
 */
const MAX_RESENT_TRANSACTION_BYTES = 64 * 1024;

/** What is told of a participant's work. Nothing told here may change what it does, `fatal` apart. */
export interface ParticipantEvents {
  /** A block's proposal was seen, or made, for the first time or again. */
  proposalSeen(blockHash: Hash): void;
  /** What consensus says, before it is sent. */
  said(message: ConsensusMessage): void;
  /** Input that was not taken. */
  refused(from: PublicKeyHex, verdict: GossipVerdict, code: string, detail: string): void;
  finalized(blocks: readonly CommittedBlock[]): void;
  executed(block: CommittedBlock, receipts: readonly Receipt[]): void;
  /** Pending transactions were dropped, since they can have no effect any more. */
  spent(ids: readonly Hash[]): void;
  stateRoot(sequence: number, stateRoot: Hash): void;
  checkpointStable(sequence: number, stateRoot: Hash): void;
  equivocation(evidence: Equivocation): void;
  notice(notice: Notice): void;
  syncNotice(notice: SyncNotice): void;
  /** It may not go on: what is durable may not be relied upon, or safety is broken. To be stopped. */
  fatal(error: Error): void;
}

/** What a participant is made on: everything that differs between a real host and a simulated one. */
export interface ParticipantParts {
  readonly genesis: Genesis;
  readonly self: MemberIndex;
  readonly quorum: QuorumParameters;
  /** T₀ of SPEC section 4, and the longest that a slot's timer may grow to, in milliseconds. */
  readonly slotTimeoutMs: number;
  readonly maxSlotTimeoutMs?: number;
  readonly application: Application;
  readonly clock: HostClock;
  readonly network: Pick<Network, 'publish' | 'request' | 'penalize'> & Partial<Pick<Network, 'takePushed'>>;
  readonly validator: MessageValidator;
  readonly signer: StatementSigner;
  readonly store: PlatformStore;
  /** What the store held when it was opened. */
  readonly durable: DurableState;
  readonly ledger: Ledger;
  /** Makes snapshots of the state, and serves them; without it none is made or taken in. */
  readonly snapshots?: SnapshotKeeper | undefined;
  readonly syncSettings?: Partial<SyncSettings>;
  readonly events: ParticipantEvents;
  /** In place of the usual bounds of pending transactions. */
  readonly mempoolLimits?: Partial<MempoolLimits>;
  /** Default the one encoding there is; a simulator may spare itself the work. */
  readonly syncWire?: SyncWire;
  readonly encodeMessage?: (message: ConsensusMessage) => Uint8Array;
  /** False where it leaves its turns to propose unused, as a test may want; default always true. */
  readonly mayPropose?: () => boolean;
}

/**
 * One member's whole part in its society: consensus, validation, sync, mempool and execution, wired to one another and
 * to the ports of a host. The same in a process with libp2p and LevelDB and in the simulator.
 */
export class Participant implements NetworkHandlers {
  readonly mempool: Mempool;
  readonly rejections = new Tally();
  readonly intake: TransactionIntake;
  readonly execution: Execution;
  /** For work that may wait while proposals are verified. */
  readonly precedence: Precedence;
  readonly #parts: ParticipantParts;
  readonly #driver: ConsensusDriver;
  readonly #consensus: ConsensusIntake;
  readonly #sync: SyncService;
  readonly #spent: SpentTransactions;
  readonly #memberOf: ReadonlyMap<PublicKeyHex, MemberIndex>;
  #stableSequence: Sequence | undefined;
  #stopped = false;
  #cancelMempoolChange: (() => void) | undefined;

  constructor(parts: ParticipantParts) {
    const { genesis, validator, store, ledger, events, clock, network, application } = parts;
    this.#parts = parts;
    this.mempool = new Mempool(parts.mempoolLimits, (sender, nonce) => ledger.checkNonce(sender, nonce));
    this.#memberOf = new Map(genesis.membership.members.map(({ publicKey }, index) => [publicKey, toMemberIndex(index)]));
    this.#consensus = new ConsensusIntake({ validator, clock, core: () => this.replica });
    this.precedence = new Precedence(clock, () => this.#consensus.isBusy);
    this.intake = new TransactionIntake({
      validator: validator.transactions, limits: validator.limits, application, mempool: this.mempool, rejections: this.rejections,
      nowMs: () => clock.now().monotonicMs,
      publish: (batch) => { network.publish('transactions', batch); },
      blame: (peer, reason) => { network.penalize(peer, reason); },
      added: () => { this.#noteMempoolChange(); },
      soon: (run) => this.precedence.soon(run),
    });
    this.#spent = new SpentTransactions({
      mempool: this.mempool, ledger, dropped: (ids) => { this.#onSpent(ids); }, failed: (error) => { this.#fail(error); },
    });
    this.#driver = this.#createDriver();
    this.execution = new Execution({
      ledger, blocks: store.blocks, checkpointInterval: genesis.parameters.checkpointInterval,
      workPending: () => this.replica.workPending,
      stableSequence: () => this.#stableSequence,
      targetSequence: () => this.#sync.targetSequence,
      executed: (block, receipts) => {
        parts.snapshots?.executed(block.block.header.sequence);
        this.#onSpent(this.mempool.blockExecuted(block.block));
        events.executed(block, receipts);
        this.#sync.coreMoved();
      },
      checkpointDue: (sequence, stateRoot) => {
        events.stateRoot(sequence, stateRoot);
        this.#driver.deliver({ type: 'executed', sequence, stateRoot });
      },
      failed: (error) => { this.#fail(error); },
    });
    this.#sync = this.#createSync();
  }

  get replica(): Replica {
    return this.#driver.replica;
  }

  syncProgress(): SyncProgress {
    return this.#sync.progress();
  }

  /** Undefined while no snapshot is fetched. */
  snapshotFetch(): SnapshotFetch | undefined {
    return this.#sync.snapshotFetch;
  }

  /** Reads what it needs to know of its past; to be called before `start`. @throws StorageError */
  async recall(): Promise<void> {
    await rememberFinalTransactions(this.mempool, this.#parts.store.blocks);
  }

  /** Takes part from now on. The network may already be up. */
  start(): void {
    this.#driver.start();
    this.#sync.start();
    this.execution.resume();
  }

  /** Nothing is said, asked or answered any more. Writes under way end on their own. */
  stop(): void {
    this.#stopped = true;
    this.#driver.stop();
    this.#sync.stop();
    this.#consensus.stop();
    this.intake.stop();
    this.#cancelMempoolChange?.();
  }

  // --- what the network hands up -------------------------------------------------------------------------------

  onGossip(topic: Topic, payload: Uint8Array, from: PublicKeyHex): GossipOutcome | Promise<GossipOutcome> {
    if (topic === 'transactions') {
      this.#heard(from);
      return this.intake.onGossip(payload, from);
    }
    if (this.#driver.overloaded) {
      this.rejections.count('overloaded');
      return IGNORED;
    }
    const decoded = this.#parts.validator.decode(payload);
    if (!decoded.ok) return this.#refuse(decoded, from);
    const judging = this.#consensus.judge(decoded.message, from, toSlot(0));
    return judging instanceof Promise ? judging.then((judged) => this.#settle(judged, payload, from)) : this.#settle(judging, payload, from);
  }

  #settle(judged: Judged, payload: Uint8Array, from: PublicKeyHex): GossipOutcome {
    if (!judged.ok) return this.#refuse(judged, from);
    for (const message of judged.messages) this.#take(message);
    return judged.whole ? { verdict: 'accept', verified: payload } : IGNORED;
  }

  #refuse({ verdict, code, detail }: Extract<Judged, { ok: false }>, from: PublicKeyHex): GossipOutcome {
    // What is known already comes all the time.
    if (code !== 'not-wanted') {
      this.rejections.count(code);
      this.#parts.events.refused(from, verdict, code, detail);
    }
    return verdict === 'reject' ? REJECTED : IGNORED;
  }

  onRequest(protocol: RequestProtocol, request: Uint8Array, from: PublicKeyHex): Promise<Uint8Array> {
    return this.#sync.onRequest(protocol, request, from);
  }

  onPeerConnected(peer: PublicKeyHex): void {
    this.#sync.peerConnected(peer);
  }

  onPeerDisconnected(peer: PublicKeyHex): void {
    this.#sync.peerDisconnected(peer);
  }

  #take(message: Verified<ConsensusMessage>): void {
    if (message.type === 'PRE-PREPARE') this.#parts.events.proposalSeen(message.block.hash);
    this.#driver.deliver({ type: 'message', message });
  }

  #heard(peer: PublicKeyHex): void {
    const member = this.#memberOf.get(peer);
    if (member !== undefined) this.#driver.deliver({ type: 'heard', member });
  }

  // --- wiring ----------------------------------------------------------------------------------------------------

  #createDriver(): ConsensusDriver {
    const { genesis, self, quorum, slotTimeoutMs, maxSlotTimeoutMs, store, durable, signer, clock, network, events, encodeMessage = encodeConsensusMessage, mayPropose = () => true } = this.#parts;
    const { chainId, membership, parameters } = genesis;
    const replica = new Replica({
      chainId, membership, self, quorum, slotTimeoutMs,
      maxSlotTimeoutMs: maxSlotTimeoutMs ?? MAX_SLOT_TIMEOUT_FACTOR * slotTimeoutMs, voteStoreLost: store.voteStore === 'lost',
    }, durable, clock.now());
    const builder = new BlockBuilder(this.mempool, parameters);
    const timer = clock.timer(() => { this.#driver.tick(); });
    return new ConsensusDriver(replica, {
      now: () => clock.now(),
      wakeAt: (monotonicMs) => {
        timer.at(monotonicMs);
        this.#sync.coreMoved();
      },
      commit: (records, done) => {
        store.consensus.commit(records).then(() => { done(undefined); }, (error: unknown) => { done(asError(error)); });
      },
      sign: (statement) => {
        if (statement.type === 'PRE-PREPARE') events.proposalSeen(statement.block.hash);
        return signer.sign(statement);
      },
      broadcast: (message) => {
        events.said(message);
        network.publish('consensus', encodeMessage(message));
      },
      buildBlock: (template, ancestors, allowEmpty) => (mayPropose() ? builder.build(template, ancestors, allowEmpty) : undefined),
      finalized: (blocks) => { this.#onFinalized(blocks); },
      behind: (certificate) => { this.#sync.behind(certificate); },
      missingBlock: (slot, blockHash) => { this.#sync.missingBlock(slot, blockHash); },
      resend: () => { this.#sync.resend(); },
      equivocation: (evidence) => { events.equivocation(evidence); },
      checkpointStable: (sequence, stateRoot, proof) => {
        this.#stableSequence = sequence;
        this.#parts.snapshots?.checkpointStable(sequence, stateRoot, proof);
        events.checkpointStable(sequence, stateRoot);
      },
      voteStoreLost: () => { store.markVoteStoreLost().catch((error: unknown) => { this.#fail(asError(error)); }); },
      notice: (notice) => { this.#onNotice(notice); },
      fatal: (error) => { this.#fail(error); },
    });
  }

  #createSync(): SyncService {
    const { genesis, self, store, slotTimeoutMs, clock, network, validator, events, snapshots, syncSettings, syncWire } = this.#parts;
    const { replica, execution } = this;
    const timer = clock.timer(() => { this.#sync.tick(); });
    return new SyncService({
      network, blocks: store.blocks,
      validator: () => validator,
      core: {
        status: () => replica.status(),
        get workPending() { return replica.workPending; },
        get backlogFull() { return execution.isFull; },
        slotStateAbove: (slot) => replica.slotStateAbove(slot),
        judge: (message, from, reached) => this.#consensus.judge(message, from, reached),
        resendMessages: () => replica.resendMessages(),
        pendingTransactions: (maxCount, maxBytes) => this.#resent(maxCount, maxBytes),
        deliver: (input) => { if (input.type !== 'message' || !this.#driver.overloaded) this.#driver.deliver(input); },
        takeTransactions: (transactions, from) => { this.intake.onPeerTransactions(transactions, from); },
        heard: (peer) => { this.#heard(peer); },
        peerStatus: (peer, status) => {
          const member = this.#memberOf.get(peer);
          if (member === undefined) return;
          const highestSlot = toSlot(Math.max(status.finalSlot, status.highestCertificate?.slot ?? status.finalSlot));
          this.#driver.deliver({ type: 'peer-status', member, highestSlot, observing: status.observing });
        },
        fatal: (error) => { this.#fail(error); },
      },
      clock: { nowMs: () => clock.now().monotonicMs, wakeAt: (monotonicMs) => { timer.at(monotonicMs); } },
      others: genesis.membership.members.filter((_, index) => index !== self).map(({ publicKey }) => publicKey),
      settings: { comparisonTimeoutMs: slotTimeoutMs, ...syncSettings },
      ...(snapshots === undefined ? {} : { snapshots: this.#snapshotsFor(snapshots) }),
      notice: (notice) => { events.syncNotice(notice); },
      ...(syncWire === undefined ? {} : { wire: syncWire }),
      pause: () => new Promise((resolve) => { clock.soon(resolve); }),
    });
  }

  #resent(maxCount: number, maxBytes: number): readonly Uint8Array[] {
    const resent = this.mempool.pendingForResend(Math.min(maxBytes, MAX_RESENT_TRANSACTION_BYTES)).slice(0, maxCount);
    this.#spent.review(resent);
    return resent.map(({ bytes }) => bytes);
  }

  #snapshotsFor(snapshots: SnapshotKeeper): SyncSnapshots {
    const { ledger, store } = this.#parts;
    return {
      offer: () => snapshots.offer(),
      chunk: (sequence, index) => snapshots.chunk(sequence, index),
      stateMissing: () => stateMissing(ledger, store.blocks),
      beginFetched: (sequence) => snapshots.beginFetched(sequence),
      fetchedChunk: (sequence, index) => snapshots.fetchedChunk(sequence, index),
      keepFetched: (sequence, index, bytes) => snapshots.keepFetched(sequence, index, bytes),
      forgetFetched: () => snapshots.forgetFetched(),
      freeBytes: () => snapshots.freeBytes(),
      restore: async (offer) => {
        await this.execution.whilePaused(() => this.#restore(snapshots, offer));
        await this.#spent.drop();
      },
    };
  }

  async #restore(snapshots: SnapshotKeeper, offer: ProvenOffer): Promise<void> {
    const { ledger } = this.#parts;
    const { manifest } = offer;
    // Execution went on while the chunks came.
    if (ledger.executedSequence() >= manifest.sequence) return;
    try {
      await ledger.restore(manifest, snapshots.fetchedChunks(manifest));
    } catch (error) {
      if (error instanceof LedgerError && error.code === 'wrong-snapshot') throw new WrongSnapshotError(error.message);
      throw error;
    }
    // Blocks that are here and that the state has passed over are never executed.
    await this.recall();
    await snapshots.publishFetched(offer);
  }

  /** Once per turn of the event loop, however many transactions came in. */
  #noteMempoolChange(): void {
    this.#cancelMempoolChange ??= this.#parts.clock.soon(() => {
      this.#cancelMempoolChange = undefined;
      this.#driver.deliver({ type: 'transactions', pending: this.mempool.hasPending });
    });
  }

  #onSpent(ids: readonly Hash[]): void {
    if (ids.length === 0) return;
    this.#noteMempoolChange();
    this.#parts.events.spent(ids);
  }

  #onFinalized(blocks: readonly CommittedBlock[]): void {
    for (const { block } of blocks) {
      // A snapshot may have brought the state further than consensus has come.
      if (block.header.sequence > this.execution.executedSequence) this.mempool.blockFinal(block);
      else this.mempool.markFinal(block.transactions.map(({ id }) => id));
    }
    this.#parts.events.finalized(blocks);
    this.#driver.deliver({ type: 'transactions', pending: this.mempool.hasPending });
    this.execution.add(blocks);
    this.#sync.coreMoved();
  }

  #onNotice(notice: Notice): void {
    this.#parts.events.notice(notice);
    if (notice.type === 'slot-entered') this.execution.idle();
    if (notice.type === 'voting') this.#parts.store.markVoteStoreRecovered().catch((error: unknown) => { this.#fail(asError(error)); });
  }

  /** A write that a stop cuts off is no failure. */
  #fail(error: Error): void {
    if (!this.#stopped) this.#parts.events.fatal(error);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
