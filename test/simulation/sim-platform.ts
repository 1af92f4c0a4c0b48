import type { Notice } from '../../src/consensus/events.js';
import type { Replica } from '../../src/consensus/replica.js';
import { encodeConsensusMessage } from '../../src/codec/wire/messages.js';
import { keyValueApplication } from '../../src/ledger/key-value.js';
import { Ledger } from '../../src/ledger/ledger.js';
import { MempoolError } from '../../src/mempool/mempool-error.js';
import type { ParticipantEvents } from '../../src/node/participant.js';
import { Participant } from '../../src/node/participant.js';
import { SnapshotKeeper } from '../../src/node/snapshot-keeper.js';
import { TransactionRejected } from '../../src/node/transaction-intake.js';
import type { TornBatch } from '../../src/storage/memory-disk.js';
import type { PlatformStore } from '../../src/storage/platform-store.js';
import { openMemoryStore } from '../../src/storage/platform-store.js';
import type { Transaction } from '../../src/types/block.js';
import type { Hash, MemberIndex, PublicKeyHex, Sequence } from '../../src/types/ids.js';
import { toSequence } from '../../src/types/ids.js';
import type { ConsensusMessage } from '../../src/types/messages.js';
import type { CommittedBlock } from '../../src/types/sync.js';
import { OwnSigner } from '../../src/validation/own-signer.js';
import { SimClock } from './sim-clock.js';
import type { DiskSnapshot } from './sim-disk.js';
import { isDiskFault, SimDisk } from './sim-disk.js';
import type { SnapshotPolicy, World } from './world.js';

/** More than any run makes final or changes; the usual bounds take longer to set up than many a run. */
const MAX_FINAL_IDS = 200;
const MAX_CACHED_PAGES = 32;

/** Blocks and state of one platform. */
export interface Holdings {
  readonly firstSequence: Sequence;
  readonly finalSequence: Sequence;
  /** From the first to the final one; 1024 at most. */
  readonly blocks: readonly CommittedBlock[];
  readonly executedSequence: Sequence;
  readonly stateRoot: Hash;
}

/** One simulated platform: the production participant on a simulated network, disk and clock. */
export class SimPlatform {
  readonly index: MemberIndex;
  readonly key: PublicKeyHex;
  readonly disk: SimDisk;
  /** Final blocks as the disk has them, and those in whose place there is a snapshot of the state. */
  readonly chain: CommittedBlock[] = [];
  /** All that its core ever said, in order, across restarts. */
  readonly sent: ConsensusMessage[] = [];
  readonly notices: Notice[] = [];
  /** Why the platform stopped itself, where nothing that the simulation did explains it. */
  fatal: Error | undefined;
  /** How far somebody has set this host's wall clock ahead of the others', or back. */
  wallOffsetMs = 0;
  /** Leaves its turns to propose unused. */
  proposesNothing = false;
  /** Power fails as soon as the next commit is durable: between persist and send. */
  crashesWhenDurable = false;
  /** Power fails when the state of the next snapshot that it takes is written so far. */
  crashesWhenRestoring: 'half' | 'whole' | undefined;
  readonly #world: World;
  #participant: Participant | undefined;
  #ledger: Ledger | undefined;
  #store: PlatformStore | undefined;
  #isUp = false;
  #isDamaged = false;
  /** Counts starts and crashes, so that what belongs to an earlier run of the platform is told from the present one. */
  #incarnation = 0;
  /** Submitted here by clients who have not heard that they are final; they ask again after a crash. */
  readonly #clients = new Map<Hash, Transaction>();
  readonly #finalTransactions = new Set<Hash>();

  constructor(world: World, index: MemberIndex, key: PublicKeyHex) {
    this.#world = world;
    this.index = index;
    this.key = key;
    this.disk = new SimDisk(world.clock, world.syncMs, (records) => {
      world.observe?.({ type: 'persisted', platform: index, records });
      if (this.crashesWhenDurable && this.#isUp) this.crash();
    });
  }

  /** Running, or about to as soon as its disk is read. */
  get up(): boolean {
    return this.#isUp;
  }

  get incarnation(): number {
    return this.#incarnation;
  }

  /** Undefined while the platform is down or still reads its disk. */
  get participant(): Participant | undefined {
    return this.#participant;
  }

  get replica(): Replica {
    if (this.#participant === undefined) throw new Error(`platform ${this.index} is ${this.#isUp ? 'still reading its disk' : 'down'}`);
    return this.#participant.replica;
  }

  /** Transactions that are not final and that this platform will propose, once it is up. */
  get pendingCount(): number {
    return this.#participant?.mempool.count ?? this.#clients.size;
  }

  start(): void {
    if (this.#isUp) return;
    this.#world.observe?.({ type: 'started', platform: this.index });
    this.#isUp = true;
    this.#incarnation += 1;
    const incarnation = this.#incarnation;
    const isThisRun = (): boolean => this.#incarnation === incarnation;
    this.#open(isThisRun).catch((error: unknown) => {
      if (isThisRun()) this.#stopped(error instanceof Error ? error : new Error(String(error)));
    });
  }

  async #open(isThisRun: () => boolean): Promise<void> {
    const { society, quorum, timing, validator, clock, network, wire } = this.#world;
    const { genesis, genesisTip } = society;
    const opened = await openMemoryStore(this.disk.memory, { chainId: genesis.chainId, genesisTip, limits: validator.limits });
    const [durable, ledger] = await Promise.all([opened.consensus.load(), Ledger.open(opened.state, keyValueApplication, MAX_CACHED_PAGES)]);
    await this.#readChain(opened, isThisRun);
    if (!isThisRun()) return;
    const { chainId } = genesis;
    const { snapshots } = this.#world;
    if (snapshots !== undefined) this.#watchRestoring(ledger, isThisRun);
    const keeper = snapshots === undefined ? undefined : await this.#openSnapshots(snapshots, opened, ledger, isThisRun);
    const participant = new Participant({
      genesis, self: this.index, quorum, ...timing, application: keyValueApplication, clock: new SimClock(clock, isThisRun, () => this.wallOffsetMs),
      network: network.portOf(this), validator,
      signer: new OwnSigner({ chainId, member: this.index, sign: (bytes) => society.signature(bytes, this.index) }),
      store: this.disk.watched(opened), durable, ledger, events: this.#events(isThisRun),
      mempoolLimits: { maxFinalIds: MAX_FINAL_IDS }, syncWire: wire, encodeMessage: (message) => wire.encodeMessage(message),
      mayPropose: () => !this.proposesNothing,
      ...(snapshots === undefined ? {} : { snapshots: keeper, syncSettings: { snapshotAboveBlocks: snapshots.aboveBlocks } }),
    });
    await participant.recall();
    if (!isThisRun()) return;
    this.#participant = participant;
    this.#ledger = ledger;
    this.#store = opened;
    participant.start();
    network.up(this);
    for (const transaction of this.#clients.values()) this.#hand(participant, transaction);
  }

  #watchRestoring(ledger: Ledger, isThisRun: () => boolean): void {
    const restore = ledger.restore.bind(ledger);
    const crashIf = (state: SimPlatform['crashesWhenRestoring']): void => {
      if (this.crashesWhenRestoring !== state || !isThisRun()) return;
      this.crashesWhenRestoring = undefined;
      this.crash();
    };
    ledger.restore = async (claimed, chunks) => {
      await restore(claimed, withEnd(chunks, () => { crashIf('half'); }));
      crashIf('whole');
    };
  }

  #openSnapshots({ intervalBlocks, keepBlocks }: SnapshotPolicy, { blocks }: PlatformStore, ledger: Ledger, isThisRun: () => boolean): Promise<SnapshotKeeper> {
    const world = this.#world;
    return SnapshotKeeper.open({
      archive: this.disk.archiveFor(isThisRun), ledger, blocks, intervalBlocks, keepBlocks, limits: world.validator.limits,
      made: ({ sequence }) => { world.observe?.({ type: 'snapshot-made', platform: this.index, sequence }); },
      failed: (error) => {
        if (isThisRun() && !isDiskFault(error)) world.violations.push(`snapshot: platform ${this.index} could make none: ${error.message}`);
      },
    });
  }

  /** A disk may hold more than the platform told, or, put back to what it was, less. */
  async #readChain(store: PlatformStore, isThisRun: () => boolean): Promise<void> {
    const finalCount = store.blocks.finalSequence() + 1;
    const from = Math.max(store.blocks.firstSequence(), Math.min(this.chain.length, finalCount));
    const untold = await store.blocks.range(toSequence(from), finalCount, Number.POSITIVE_INFINITY);
    if (!isThisRun()) return;
    for (const { block } of this.chain.splice(finalCount)) for (const { id } of block.transactions) this.#finalTransactions.delete(id);
    if (untold.length > 0) this.#extendChain(untold);
  }

  #extendChain(blocks: readonly CommittedBlock[]): void {
    this.#world.observe?.({ type: 'final', platform: this.index, blocks });
    for (const committed of blocks) {
      // What a snapshot stands for has happened for this platform, too: clients may know from its state.
      while (this.chain.length < committed.block.header.sequence) this.#extendBy(this.#world.finalBlock(this.chain.length));
      this.#world.blockFinal(this, committed);
      this.#extendBy(committed);
    }
  }

  #extendBy(committed: CommittedBlock): void {
    this.chain.push(committed);
    for (const { id } of committed.block.transactions) {
      this.#finalTransactions.add(id);
      this.#clients.delete(id);
    }
  }

  #events(isThisRun: () => boolean): ParticipantEvents {
    const world = this.#world;
    const platform = this.index;
    return {
      proposalSeen: () => undefined,
      said: (message) => { this.#said(message); },
      refused: (from, verdict, code, detail) => { world.network.refused(this, from, verdict, code, detail); },
      finalized: (blocks) => { this.#extendChain(blocks); },
      executed: () => undefined,
      spent: () => undefined,
      stateRoot: (sequence, stateRoot) => {
        world.observe?.({ type: 'executed', platform, sequence: toSequence(sequence), stateRoot });
        world.executed(this, sequence, stateRoot);
      },
      checkpointStable: () => undefined,
      equivocation: (evidence) => { world.observe?.({ type: 'equivocation', platform, evidence }); },
      notice: (notice) => {
        this.notices.push(notice);
        world.observe?.({ type: 'notice', platform, notice });
      },
      syncNotice: (notice) => {
        if (notice.type === 'snapshot-restored') world.observe?.({ type: 'snapshot-restored', platform, sequence: notice.sequence });
        if (notice.type === 'snapshot-failed') world.observe?.({ type: 'snapshot-failed', platform, detail: notice.detail });
      },
      fatal: (error) => { if (isThisRun()) this.#stopped(error); },
    };
  }

  #said(message: ConsensusMessage): void {
    const world = this.#world;
    this.sent.push(message);
    world.observe?.({ type: 'sent', platform: this.index, message });
  }

  /** The platform stopped itself: as it must where its disk fails, and must not otherwise. */
  #stopped(error: Error): void {
    this.#world.observe?.({ type: 'stopped', platform: this.index, error });
    if (!isDiskFault(error) && !this.#isDamaged) this.fatal = error;
    this.#goDown('lost');
  }

  /** Power loss: everything that is not durable is gone; of a batch that was being synced there is left what is said. */
  crash(torn: TornBatch = 'lost'): void {
    if (!this.#isUp) return;
    this.#world.observe?.({ type: 'crashed', platform: this.index });
    if (torn === 'damaged') this.#isDamaged = true;
    this.#goDown(torn);
  }

  #goDown(torn: TornBatch): void {
    this.#isUp = false;
    this.#incarnation += 1;
    this.#participant?.stop();
    this.#participant = undefined;
    this.#ledger = undefined;
    this.#store = undefined;
    this.#world.network.down(this);
    this.disk.crash(torn);
  }

  /** The database is lost, and the marker beside the key tells. Crashes the platform if it is up. */
  loseStore(): void {
    this.crash();
    this.#world.observe?.({ type: 'disk-lost', platform: this.index });
    this.disk.loseStore();
    this.#isDamaged = false;
  }

  /** The whole disk is lost, and nothing tells. Crashes the platform if it is up. */
  loseDisk(): void {
    this.crash();
    this.#world.observe?.({ type: 'disk-lost', platform: this.index });
    this.disk.replace();
    this.#isDamaged = false;
  }

  /** What is durable at this moment, marker and all. */
  snapshotDisk(): DiskSnapshot {
    return this.disk.snapshot();
  }

  /** The machine is put back to what it was, marker and all. Crashes the platform if it is up. */
  restoreDisk(snapshot: DiskSnapshot): void {
    this.crash();
    this.#world.observe?.({ type: 'disk-restored', platform: this.index });
    this.disk.restore(snapshot);
    this.#isDamaged = false;
  }

  /** From a client, who asks again after a crash, until it is final here. */
  submit(transaction: Transaction): void {
    if (this.hasFinal(transaction)) return;
    if (!this.#clients.has(transaction.id)) this.#world.observe?.({ type: 'submitted', platform: this.index, transaction });
    this.#clients.set(transaction.id, transaction);
    if (this.#participant !== undefined) this.#hand(this.#participant, transaction);
  }

  #hand(participant: Participant, { bytes }: Transaction): void {
    try {
      participant.intake.submit(bytes);
    } catch (error) {
      // It came by gossip already, or the pool is full: the client may ask again.
      if (!(error instanceof TransactionRejected) && !(error instanceof MempoolError)) throw error;
    }
  }

  /** What the platform has on its disk, all of it read. @throws Error while it is down */
  async holdings(): Promise<Holdings> {
    const [ledger, store] = [this.#ledger, this.#store];
    if (ledger === undefined || store === undefined) throw new Error(`platform ${this.index} is down`);
    const { blocks } = store;
    const firstSequence = blocks.firstSequence();
    return {
      firstSequence, finalSequence: blocks.finalSequence(), blocks: await blocks.range(firstSequence, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY),
      executedSequence: ledger.executedSequence(), stateRoot: await ledger.stateRoot(),
    };
  }

  hasFinal({ id }: Pick<Transaction, 'id'>): boolean {
    return this.#finalTransactions.has(id);
  }

  /** Takes in a message as gossip brings it, at once. */
  deliver(message: ConsensusMessage): void {
    const from = message.type === 'CERTIFICATE' || message.type === 'EQUIVOCATION' ? this.key : this.#world.platforms[message.signer]?.key ?? this.key;
    void this.#participant?.onGossip('consensus', encodeConsensusMessage(message), from);
  }
}

/** The same, and `ended` is called before whoever takes it hears of its end. */
async function* withEnd<T>(items: AsyncIterable<T>, ended: () => void): AsyncGenerator<T> {
  yield* items;
  ended();
}
