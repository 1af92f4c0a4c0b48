import type { WireLimits } from '../codec/limits.js';
import { wireLimits } from '../codec/limits.js';
import { quorumParameters } from '../consensus/quorum.js';
import type { Ed25519Signer, Ed25519Verifier } from '../crypto/ed25519.js';
import { createSigner, selectVerifier } from '../crypto/ed25519.js';
import type { PlatformKey } from '../crypto/key-store.js';
import { loadPlatformKey } from '../crypto/key-store.js';
import { readGenesisFile } from '../ledger/genesis-file.js';
import { keyValueApplication } from '../ledger/key-value.js';
import { Ledger } from '../ledger/ledger.js';
import { wallClock } from '../network/clocks.js';
import type { Libp2pNetwork } from '../network/libp2p-network.js';
import { createLibp2pNetwork } from '../network/libp2p-network.js';
import type { Libp2pNetworkOptions } from '../network/options.js';
import { DEFAULT_LIMITS, type NetworkLimits } from '../network/options.js';
import { genesisTip } from '../storage/consensus-log.js';
import type { PlatformStore } from '../storage/platform-store.js';
import { PendingJournal } from '../storage/pending-journal.js';
import { openPlatformStore } from '../storage/platform-store.js';
import { SnapshotDirectory } from '../storage/snapshot-archive.js';
import { StorageError } from '../storage/storage-error.js';
import type { DurableState } from '../consensus/records.js';
import type { Genesis } from '../types/genesis.js';
import type { MemberIndex, PublicKeyHex } from '../types/ids.js';
import { toMemberIndex } from '../types/ids.js';
import type { CommittedBlock } from '../types/sync.js';
import { MessageValidator } from '../validation/message-validator.js';
import { OwnSigner } from '../validation/own-signer.js';
import { fileAddressBook } from './address-book.js';
import { blockCopies } from './block-copies.js';
import { BlockScrub } from './block-scrub.js';
import type { CatchUpSummary } from './catch-up-watch.js';
import { CatchUpWatch } from './catch-up-watch.js';
import { chainAheadMs } from './chain-time-watch.js';
import { FederationWatch } from './federation-watch.js';
import { FinalityLatency } from './finality-latency.js';
import { FinalityWaiters } from './finality-waiters.js';
import { systemClock } from './host-clock.js';
import { KeptTransactions } from './kept-transactions.js';
import { letHeapGrow, letHeapShrink } from './memory-limits.js';
import { migrationLog } from './migration-log.js';
import type { ParticipantEvents } from './participant.js';
import { Participant } from './participant.js';
import { warnOfFewOpenFiles } from './open-files.js';
import { PlatformLog } from './platform-log.js';
import { RunningPlatformView } from './platform-view.js';
import type { PlatformOptions, RunningPlatform } from './running-platform.js';
import { DEFAULT_SLOT_TIMEOUT_MS, MAX_SLOT_TIMEOUT_MS, MIN_SLOT_TIMEOUT_MS } from './slot-timeout.js';
import { SnapshotKeeper } from './snapshot-keeper.js';
import { VERSION } from './version.js';

const DEFAULT_SNAPSHOT_INTERVAL_BLOCKS = 10_000;
const FEDERATION_LOOK_MS = 1_000;

/** The platform cannot be started as asked. */
export class PlatformError extends Error {
  readonly code: 'not-a-member' | 'bad-option';
  constructor(code: PlatformError['code'], message: string) {
    super(message);
    this.name = 'PlatformError';
    this.code = code;
  }
}

/** Makes the network that a platform runs on. */
export type CreateNetwork = (options: Libp2pNetworkOptions) => Libp2pNetwork;

/**
 * Starts a platform: opens its home, joins its federation and takes part in consensus.
 *
 * @param createNetwork another than libp2p's own, for tests that stand between a platform and its peers
 * @throws PlatformError, CryptoError, GenesisError, StorageError, NetworkError; each says what to do
 */
export async function startPlatform(options: PlatformOptions, createNetwork: CreateNetwork = createLibp2pNetwork): Promise<RunningPlatform> {
  const verifier = selectVerifier();
  const genesis = typeof options.genesis === 'string' ? await readGenesisFile(options.genesis) : options.genesis;
  const key = await loadPlatformKey(options.home);
  const self = memberIndexOf(genesis, key);
  await warnOfFewOpenFiles(genesis.membership.members.length, options.logger);
  const slotTimeoutMs = options.slotTimeoutMs ?? DEFAULT_SLOT_TIMEOUT_MS;
  if (!Number.isSafeInteger(slotTimeoutMs) || slotTimeoutMs < MIN_SLOT_TIMEOUT_MS || slotTimeoutMs > MAX_SLOT_TIMEOUT_MS) {
    throw new PlatformError('bad-option', `slotTimeoutMs: must be an integer from ${MIN_SLOT_TIMEOUT_MS} to ${MAX_SLOT_TIMEOUT_MS}, got ${slotTimeoutMs}`);
  }
  const store = await openPlatformStore(options.home, {
    chainId: genesis.chainId,
    genesisTip: genesisTip(genesis.chainId, genesis.timestampMs),
    limits: wireLimits(genesis.parameters, genesis.membership.members.length),
    onMigration: migrationLog(options.logger),
  });
  try {
    const [durable, ledger] = await Promise.all([store.consensus.load(), Ledger.open(store.state, keyValueApplication)]);
    requireRestorable(store, genesis);
    const snapshots = await openSnapshots(options, genesis, store, ledger);
    const platform = new Platform({ options, createNetwork, genesis, key, self, slotTimeoutMs, signer: createSigner(key.seed), verifier, store, durable, ledger, snapshots });
    await platform.start();
    return platform;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Damaged final blocks come from other members: where there are none, going on without them would be another chain. */
function requireRestorable({ newestDamage }: PlatformStore, { membership }: Genesis): void {
  if (newestDamage === undefined || membership.members.length > 1) return;
  const { detail, sequence } = newestDamage;
  throw new StorageError('corrupt', `${detail}. This is final block ${sequence}, the newest, and the society has no other member to fetch it from. `
    + 'Check the disk, and put back a copy of the whole home that was made after the platform last stopped; an older copy would forget votes that it has given.');
}

function openSnapshots(options: PlatformOptions, genesis: Genesis, store: PlatformStore, ledger: Ledger): Promise<SnapshotKeeper> {
  const { parameters, membership } = genesis;
  const { logger, keepBlocks, snapshotIntervalBlocks = DEFAULT_SNAPSHOT_INTERVAL_BLOCKS } = options;
  return SnapshotKeeper.open({
    archive: new SnapshotDirectory(options.home), ledger, blocks: store.blocks, keepBlocks,
    limits: wireLimits(parameters, membership.members.length),
    // Only where there are CHECKPOINTs can a root be certified.
    intervalBlocks: Math.ceil(snapshotIntervalBlocks / parameters.checkpointInterval) * parameters.checkpointInterval,
    made: ({ sequence, entryCount, sizeBytes }) => { logger.info({ block: sequence, entries: entryCount, sizeBytes }, 'snapshot of the state made'); },
    failed: (error) => { logger.warn({ err: error }, 'no snapshot could be made; the next one is tried in time'); },
  });
}

function memberIndexOf(genesis: Genesis, key: PlatformKey): MemberIndex {
  const index = genesis.membership.members.findIndex(({ publicKey }) => publicKey === key.publicKey);
  if (index < 0) {
    throw new PlatformError(
      'not-a-member',
      `platform ${key.name}: its public key ${key.publicKey} is not in the genesis of ${genesis.society}; `
      + `use the society's own genesis file, made with --member ${key.name}=${key.publicKey}`,
    );
  }
  return toMemberIndex(index);
}

interface PlatformParts {
  readonly options: PlatformOptions;
  readonly createNetwork: CreateNetwork;
  readonly genesis: Genesis;
  readonly key: PlatformKey;
  readonly self: MemberIndex;
  readonly slotTimeoutMs: number;
  readonly signer: Ed25519Signer;
  readonly verifier: Ed25519Verifier;
  readonly store: PlatformStore;
  readonly durable: DurableState;
  readonly ledger: Ledger;
  readonly snapshots: SnapshotKeeper;
}

/** What members may gossip, by what genesis makes of the largest proposal: two of them a second, four at once. */
function gossipLimits(maxMessageBytes: number): NetworkLimits['gossip'] {
  const { consensus, transactions } = DEFAULT_LIMITS.gossip;
  return {
    consensus: { ...consensus, bytesPerSecond: Math.max(consensus.bytesPerSecond, 2 * maxMessageBytes) },
    // A batch of one transaction may be as large as a block.
    transactions: { ...transactions, bytesPerSecond: Math.max(transactions.bytesPerSecond, maxMessageBytes) },
  };
}

/** One running platform: a participant on libp2p, LevelDB and this host's clock, and what people see of it. */
class Platform implements RunningPlatform {
  readonly view: RunningPlatformView;
  readonly stopped: Promise<Error | undefined>;
  readonly #parts: PlatformParts;
  readonly #participant: Participant;
  readonly #network: Libp2pNetwork;
  readonly #validator: MessageValidator;
  readonly #waiters = new FinalityWaiters();
  readonly #latency = new FinalityLatency();
  readonly #log: PlatformLog;
  readonly #federation: FederationWatch;
  #federationTimer: NodeJS.Timeout | undefined;
  readonly #catchUp: CatchUpWatch;
  readonly #scrub: BlockScrub;
  readonly #kept: KeptTransactions;
  #transactionsCommitted = 0;
  readonly #memberOf: ReadonlyMap<PublicKeyHex, MemberIndex>;
  #reportStopped: (error: Error | undefined) => void = () => undefined;
  #stopping: Promise<void> | undefined;
  #fatal: Error | undefined;

  constructor(parts: PlatformParts) {
    this.#parts = parts;
    const { genesis, self, key, store, options, ledger, snapshots, slotTimeoutMs, verifier, signer } = parts;
    const { chainId, parameters, membership } = genesis;
    this.#log = new PlatformLog(options.logger, genesis);
    this.#scrub = new BlockScrub({ blocks: store.blocks, passEnded: (state) => { this.#log.blocksChecked(state); } });
    this.#catchUp = new CatchUpWatch(ledger.executedSequence(), store.blocks.finalSequence(), performance.now());
    this.stopped = new Promise((resolve) => { this.#reportStopped = resolve; });
    this.#memberOf = new Map(membership.members.map(({ publicKey }, index) => [publicKey, toMemberIndex(index)]));
    const validator = this.#validator = new MessageValidator({ chainId, parameters, membership, verifier });
    const quorum = quorumParameters(membership.members.length, parameters.fastPath);
    this.#network = this.#createNetwork(validator.limits);
    this.#participant = new Participant({
      genesis, self, quorum, slotTimeoutMs, application: keyValueApplication, clock: systemClock, network: this.#network, validator,
      signer: new OwnSigner({ chainId, member: self, sign: (statement) => signer.sign(statement), signatures: validator.signatures }),
      store, durable: parts.durable, ledger, snapshots, events: this.#events(),
      ...(options.snapshotAboveBlocks === undefined ? {} : { syncSettings: { snapshotAboveBlocks: options.snapshotAboveBlocks } }),
    });
    this.#federation = new FederationWatch(options.logger, {
      chainId, quorum: quorum.quorum, faultTolerance: quorum.faultTolerance,
      nameOf: (peer) => membership.members.find(({ publicKey }) => publicKey === peer)?.name ?? peer,
    });
    const { replica, mempool, intake, execution, precedence, rejections } = this.#participant;
    this.#kept = new KeptTransactions({
      journal: new PendingJournal(options.home), mempool, intake, events: this.#log.keptTransactions(),
      pause: () => new Promise((resolve) => { systemClock.soon(resolve); }),
    });
    this.view = new RunningPlatformView({
      name: membership.members[self]?.name ?? key.name, publicKey: key.publicKey, genesis, quorum, replica, blocks: store.blocks, ledger, mempool, intake, execution, precedence,
      waiters: this.#waiters, latency: this.#latency, rejections,
      network: this.#network,
      syncProgress: () => this.#participant.syncProgress(),
      snapshotFetch: () => this.#participant.snapshotFetch(),
      catchUp: this.#catchUp,
      snapshotSequence: () => snapshots.sequence,
      scrubState: () => this.#scrub.state,
      counts: () => ({ slotsSkipped: this.#log.slotsSkipped, transactionsCommitted: this.#transactionsCommitted }), startedAtMs: performance.now(),
    });
    options.logger.debug({ chainId, members: membership.members.map(({ name }) => name) }, 'platform assembled');
  }

  get listenAddresses(): readonly string[] {
    return this.#network.listenAddresses();
  }

  async start(): Promise<void> {
    const participant = this.#participant;
    await participant.recall();
    this.#repairBlocks();
    const { newestDamage, voteStoreLoss } = this.#parts.store;
    if (newestDamage !== undefined) this.#log.newestDamage(newestDamage);
    if (voteStoreLoss !== undefined) this.#log.votesLost(voteStoreLoss);
    await this.#network.start({
      onGossip: (topic, payload, from) => participant.onGossip(topic, payload, from),
      onRequest: (protocol, request, from) => participant.onRequest(protocol, request, from),
      onPeerConnected: (peer) => {
        this.#onPeer(peer, 'connected');
        participant.onPeerConnected(peer);
      },
      onPeerDisconnected: (peer) => {
        this.#onPeer(peer, 'disconnected');
        participant.onPeerDisconnected(peer);
        this.#lookAtFederation();
      },
    });
    participant.start();
    this.#kept.restore().catch((error: unknown) => { this.#fail(error instanceof Error ? error : new Error(String(error))); });
    this.#noteChainTime();
    this.#federationTimer = setInterval(() => { this.#lookAtFederation(); }, FEDERATION_LOOK_MS);
    this.#scrub.start();
  }

  #repairBlocks(): void {
    this.#parts.store.repairBlocksWith({
      source: blockCopies({
        network: this.#network, connectedPeers: () => this.#network.connectedPeers(), validator: this.#validator, stopped: () => this.#stopping !== undefined,
      }),
      onDamage: (damage) => { this.#log.blockDamage(damage); },
    });
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#shutDown();
    return this.#stopping;
  }

  async #shutDown(): Promise<void> {
    clearInterval(this.#federationTimer);
    this.#participant.stop();
    this.#waiters.stop();
    try {
      await this.#network.stop();
      await this.#participant.execution.stop();
      await this.#kept.keep();
      await this.#scrub.stop();
      await this.#parts.snapshots.stop();
    } finally {
      await this.#close();
    }
  }

  async #close(): Promise<void> {
    try {
      await this.#parts.store.close();
    } catch (error) {
      // Where nothing can be written, closing fails as well: what stopped the platform is the news.
      if (this.#fatal === undefined) throw error;
    } finally {
      this.#reportStopped(this.#fatal);
    }
  }

  /** What is durable may not be relied upon, or safety is broken: say so, and stop. */
  #fail(error: Error): void {
    if (this.#fatal !== undefined || this.#stopping !== undefined) return;
    this.#fatal = error;
    this.#parts.options.logger.fatal({ err: error }, error.message);
    this.stop().catch((failure: unknown) => { this.#parts.options.logger.error({ err: failure }, 'stopping failed, too'); });
  }

  #createNetwork({ maxMessageBytes, maxSyncBytes }: WireLimits): Libp2pNetwork {
    const { genesis, options, key, createNetwork } = this.#parts;
    return createNetwork({
      seed: key.seed, chainId: genesis.chainId,
      members: () => genesis.membership.members.map(({ publicKey }) => publicKey),
      listen: options.listen, bootstrap: options.bootstrap,
      ...(options.announce === undefined ? {} : { announce: options.announce }),
      addressBook: fileAddressBook(options.home), logger: options.logger, version: VERSION,
      limits: {
        maxGossipBytes: maxMessageBytes,
        gossip: gossipLimits(maxMessageBytes),
        requests: { ...DEFAULT_LIMITS.requests, slots: { ...DEFAULT_LIMITS.requests.slots, maxRequestBytes: maxSyncBytes } },
      },
    });
  }

  #events(): ParticipantEvents {
    const { logger } = this.#parts.options;
    return {
      proposalSeen: (blockHash) => { this.#latency.proposalSeen(blockHash, performance.now()); },
      said: () => undefined,
      refused: (from, _verdict, code, detail) => { logger.debug({ from, code, detail }, 'message refused'); },
      finalized: (blocks) => { this.#onFinalized(blocks); },
      executed: (block, receipts) => {
        for (const receipt of receipts) this.#waiters.executed(receipt);
        this.view.blockExecuted(block);
        this.#noteCaughtUp(this.#catchUp.executed(block.block.header.sequence, performance.now()));
      },
      spent: (ids) => { for (const id of ids) this.#waiters.spent(id); },
      stateRoot: () => undefined,
      checkpointStable: (sequence, stateRoot) => { logger.debug({ sequence, stateRoot }, 'checkpoint is stable'); },
      equivocation: (evidence) => { this.#log.equivocation(evidence); },
      notice: (notice) => { this.#log.consensus(notice, performance.now()); },
      syncNotice: (notice) => {
        this.#log.sync(notice);
        if (notice.type === 'catch-up-started') letHeapGrow();
        if ('progress' in notice) this.#noteCaughtUp(this.#catchUp.synced(notice, performance.now()));
      },
      fatal: (error) => { this.#fail(error); },
    };
  }

  #onFinalized(blocks: readonly CommittedBlock[]): void {
    const nowMs = performance.now();
    for (const { block } of blocks) {
      this.#latency.blockFinal(block.hash, nowMs);
      this.#transactionsCommitted += block.header.transactionCount;
    }
    this.#log.finalBlocks(blocks, nowMs);
    this.#noteChainTime();
  }

  #noteChainTime(): void {
    this.#log.chainTime(chainAheadMs(this.#participant.replica.finalTip.timestampMs, wallClock()), performance.now());
  }

  #lookAtFederation(): void {
    if (this.#stopping !== undefined) return;
    const { peers, unreachable } = this.#network.snapshot();
    const nowMs = performance.now();
    const catchingUp = this.#catchUp.state(this.#participant.syncProgress(), nowMs) !== undefined;
    this.#federation.look({ inTouch: this.view.inTouch, catchingUp, peers, unreachable }, nowMs);
  }

  #noteCaughtUp(summary: CatchUpSummary | undefined): void {
    if (summary === undefined) return;
    letHeapShrink();
    this.#log.caughtUp(summary, this.view.inTouch);
  }

  #onPeer(peer: PublicKeyHex, change: 'connected' | 'disconnected'): void {
    const member = this.#memberOf.get(peer);
    if (member !== undefined) this.#log.peer(member, change, this.#network.connectedPeers().length);
  }
}
