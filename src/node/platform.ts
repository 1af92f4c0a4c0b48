import { encodeConsensusMessage } from '../codec/wire/messages.js';
import { wireLimits } from '../codec/limits.js';
import type { Notice } from '../consensus/events.js';
import { quorumParameters } from '../consensus/quorum.js';
import { Replica } from '../consensus/replica.js';
import type { Ed25519Signer, Ed25519Verifier } from '../crypto/ed25519.js';
import { createSigner, selectVerifier } from '../crypto/ed25519.js';
import type { PlatformKey } from '../crypto/key-store.js';
import { loadPlatformKey } from '../crypto/key-store.js';
import { readGenesisFile } from '../ledger/genesis-file.js';
import { keyValueApplication } from '../ledger/key-value.js';
import { Ledger } from '../ledger/ledger.js';
import type { Receipt } from '../ledger/receipt.js';
import { Mempool } from '../mempool/mempool.js';
import type { Libp2pNetwork } from '../network/libp2p-network.js';
import { createLibp2pNetwork } from '../network/libp2p-network.js';
import type { GossipVerdict, Topic } from '../network/network.js';
import type { Libp2pNetworkOptions } from '../network/options.js';
import { DEFAULT_LIMITS } from '../network/options.js';
import { genesisTip } from '../storage/consensus-log.js';
import type { PlatformStore } from '../storage/platform-store.js';
import { openPlatformStore } from '../storage/platform-store.js';
import { SyncService } from '../sync/service.js';
import type { DurableState } from '../consensus/records.js';
import type { Genesis } from '../types/genesis.js';
import type { MemberIndex, PublicKeyHex } from '../types/ids.js';
import { toMemberIndex, toSlot } from '../types/ids.js';
import type { CommittedBlock } from '../types/sync.js';
import { MessageValidator } from '../validation/message-validator.js';
import { OwnSigner } from '../validation/own-signer.js';
import { fileAddressBook } from './address-book.js';
import { BlockBuilder } from './block-builder.js';
import { ConsensusDriver } from './consensus-driver.js';
import { Execution } from './execution.js';
import { FinalityLatency } from './finality-latency.js';
import { FinalityWaiters } from './finality-waiters.js';
import { PlatformLog } from './platform-log.js';
import { RunningPlatformView } from './platform-view.js';
import type { PlatformOptions, RunningPlatform } from './running-platform.js';
import { Tally } from './tally.js';
import { TransactionIntake } from './transaction-intake.js';
import { WakeTimer } from './wake-timer.js';

const DEFAULT_SLOT_TIMEOUT_MS = 1_000;
/** The longest slot timer as a multiple of T₀: long enough for slow networks, short enough that nobody waits for minutes. */
const MAX_SLOT_TIMEOUT_FACTOR = 10;

/**
 * Pending transactions sent again in one exchange; the mempool goes round. Gossip has brought most of them already, and
 * under load every peer gets an exchange a second.
 */
const MAX_RESENT_TRANSACTION_BYTES = 64 * 1024;

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
  const slotTimeoutMs = options.slotTimeoutMs ?? DEFAULT_SLOT_TIMEOUT_MS;
  if (!Number.isSafeInteger(slotTimeoutMs) || slotTimeoutMs < 10 || slotTimeoutMs > 600_000) {
    throw new PlatformError('bad-option', `slotTimeoutMs: must be an integer from 10 to 600000, got ${slotTimeoutMs}`);
  }
  const store = await openPlatformStore(options.home, {
    chainId: genesis.chainId,
    genesisTip: genesisTip(genesis.chainId, genesis.timestampMs),
    limits: wireLimits(genesis.parameters, genesis.membership.members.length),
  });
  try {
    const [durable, ledger] = await Promise.all([store.consensus.load(), Ledger.open(store.state, keyValueApplication)]);
    const platform = new Platform({ options, createNetwork, genesis, key, self, slotTimeoutMs, signer: createSigner(key.seed), verifier, store, durable, ledger });
    await platform.start();
    return platform;
  } catch (error) {
    await store.close();
    throw error;
  }
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
}

/** One running platform. Wires the modules to one another and does nothing else. */
class Platform implements RunningPlatform {
  readonly view: RunningPlatformView;
  readonly stopped: Promise<Error | undefined>;
  readonly #parts: PlatformParts;
  readonly #validator: MessageValidator;
  readonly #driver: ConsensusDriver;
  readonly #network: Libp2pNetwork;
  readonly #sync: SyncService;
  readonly #execution: Execution;
  readonly #mempool = new Mempool();
  readonly #intake: TransactionIntake;
  readonly #waiters = new FinalityWaiters();
  readonly #latency = new FinalityLatency();
  readonly #log: PlatformLog;
  readonly #rejections = new Tally();
  #transactionsCommitted = 0;
  readonly #consensusTimer = new WakeTimer(() => { this.#driver.tick(); });
  readonly #syncTimer = new WakeTimer(() => { this.#sync.tick(); });
  readonly #memberOf: ReadonlyMap<PublicKeyHex, MemberIndex>;
  #reportStopped: (error: Error | undefined) => void = () => undefined;
  #stopping: Promise<void> | undefined;
  #fatal: Error | undefined;
  #mempoolChanged: NodeJS.Immediate | undefined;

  constructor(parts: PlatformParts) {
    this.#parts = parts;
    this.#log = new PlatformLog(parts.options.logger, parts.genesis);
    const { genesis, self, store, options, ledger } = parts;
    const { chainId, parameters, membership } = genesis;
    this.stopped = new Promise((resolve) => { this.#reportStopped = resolve; });
    this.#memberOf = new Map(membership.members.map(({ publicKey }, index) => [publicKey, toMemberIndex(index)]));
    this.#validator = new MessageValidator({ chainId, parameters, membership, verifier: parts.verifier });
    this.#network = this.#createNetwork();
    this.#intake = new TransactionIntake({
      validator: this.#validator.transactions, limits: this.#validator.limits, application: keyValueApplication,
      mempool: this.#mempool, rejections: this.#rejections,
      publish: (batch) => { this.#network.publish('transactions', batch); },
      added: () => { this.#noteMempoolChange(); },
    });
    this.#driver = this.#createDriver();
    this.#sync = this.#createSync();
    this.#execution = new Execution({
      ledger, blocks: store.blocks, checkpointInterval: parameters.checkpointInterval,
      workPending: () => this.#driver.replica.workPending,
      executed: (block, receipts) => { this.#onExecuted(block, receipts); },
      checkpointDue: (sequence, stateRoot) => { this.#driver.deliver({ type: 'executed', sequence, stateRoot }); },
      failed: (error) => { this.#fail(error); },
    });
    this.view = new RunningPlatformView({
      name: membership.members[self]?.name ?? parts.key.name, genesis, quorum: quorumParameters(membership.members.length, parameters.fastPath),
      replica: this.#driver.replica, blocks: store.blocks, ledger, mempool: this.#mempool, intake: this.#intake, execution: this.#execution,
      waiters: this.#waiters, latency: this.#latency, rejections: this.#rejections,
      networkCounters: () => this.#network.snapshot().counters,
      connectedPeers: () => this.#network.connectedPeers(),
      syncProgress: () => this.#sync.progress(),
      counts: () => ({ slotsSkipped: this.#log.slotsSkipped, transactionsCommitted: this.#transactionsCommitted }), startedAtMs: Date.now(),
    });
    options.logger.debug({ chainId, members: membership.members.map(({ name }) => name) }, 'platform assembled');
  }

  get listenAddresses(): readonly string[] {
    return this.#network.listenAddresses();
  }

  async start(): Promise<void> {
    await this.#network.start({
      onGossip: (topic, payload, from) => this.#onGossip(topic, payload, from),
      onRequest: (protocol, request, from) => this.#sync.onRequest(protocol, request, from),
      onPeerConnected: (peer) => {
        this.#onPeer(peer, 'connected');
        this.#sync.peerConnected(peer);
      },
      onPeerDisconnected: (peer) => {
        this.#onPeer(peer, 'disconnected');
        this.#sync.peerDisconnected(peer);
      },
    });
    this.#driver.start();
    this.#sync.start();
    this.#execution.resume();
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#shutDown();
    return this.#stopping;
  }

  async #shutDown(): Promise<void> {
    this.#driver.stop();
    this.#sync.stop();
    this.#intake.stop();
    this.#waiters.stop();
    this.#consensusTimer.clear();
    this.#syncTimer.clear();
    if (this.#mempoolChanged !== undefined) clearImmediate(this.#mempoolChanged);
    try {
      await this.#network.stop();
      await this.#execution.stop();
    } finally {
      try {
        await this.#parts.store.close();
      } catch (error) {
        // Where nothing can be written, closing fails as well: what stopped the platform is the news.
        if (this.#fatal === undefined) throw error;
      } finally {
        this.#reportStopped(this.#fatal);
      }
    }
  }

  /** What is durable may not be relied upon, or safety is broken: say so, and stop. */
  #fail(error: Error): void {
    if (this.#fatal !== undefined || this.#stopping !== undefined) return;
    this.#fatal = error;
    this.#parts.options.logger.fatal({ err: error }, error.message);
    this.stop().catch((failure: unknown) => { this.#parts.options.logger.error({ err: failure }, 'stopping failed, too'); });
  }

  #createNetwork(): Libp2pNetwork {
    const { genesis, options, key, createNetwork } = this.#parts;
    const { maxMessageBytes, maxSyncBytes } = this.#validator.limits;
    return createNetwork({
      seed: key.seed, chainId: genesis.chainId,
      members: () => genesis.membership.members.map(({ publicKey }) => publicKey),
      listen: options.listen, bootstrap: options.bootstrap,
      ...(options.announce === undefined ? {} : { announce: options.announce }),
      addressBook: fileAddressBook(options.home), logger: options.logger,
      limits: {
        maxGossipBytes: maxMessageBytes,
        requests: { ...DEFAULT_LIMITS.requests, slots: { ...DEFAULT_LIMITS.requests.slots, maxRequestBytes: maxSyncBytes } },
      },
    });
  }

  #createDriver(): ConsensusDriver {
    const { genesis, self, slotTimeoutMs, store, durable, signer, options } = this.#parts;
    const { chainId, membership, parameters } = genesis;
    const replica = new Replica({
      chainId, membership, self, quorum: quorumParameters(membership.members.length, parameters.fastPath),
      slotTimeoutMs, maxSlotTimeoutMs: MAX_SLOT_TIMEOUT_FACTOR * slotTimeoutMs, voteStoreLost: store.voteStore === 'lost',
    }, durable, now());
    const ownSigner = new OwnSigner({ chainId, member: self, sign: (statement) => signer.sign(statement), signatures: this.#validator.signatures });
    const builder = new BlockBuilder(this.#mempool, parameters);
    const driver = new ConsensusDriver(replica, {
      now,
      wakeAt: (monotonicMs) => {
        this.#consensusTimer.at(monotonicMs);
        this.#sync.coreMoved();
      },
      commit: (records, done) => {
        store.consensus.commit(records).then(() => { done(undefined); }, (error: unknown) => { done(asError(error)); });
      },
      sign: (statement) => {
        if (statement.type === 'PRE-PREPARE') this.#latency.proposalSeen(statement.block.hash, performance.now());
        return ownSigner.sign(statement);
      },
      broadcast: (message) => { this.#network.publish('consensus', encodeConsensusMessage(message)); },
      buildBlock: (template, ancestors, allowEmpty) => builder.build(template, ancestors, allowEmpty),
      finalized: (blocks) => { this.#onFinalized(blocks); },
      behind: (certificate) => { this.#sync.behind(certificate); },
      missingBlock: (slot, blockHash) => { this.#sync.missingBlock(slot, blockHash); },
      resend: () => { this.#sync.resend(); },
      equivocation: (evidence) => { this.#log.equivocation(evidence); },
      checkpointStable: (sequence, stateRoot) => { options.logger.debug({ sequence, stateRoot }, 'checkpoint is stable'); },
      voteStoreLost: () => { store.markVoteStoreLost().catch((error: unknown) => { this.#fail(asError(error)); }); },
      notice: (notice) => { this.#onNotice(notice); },
      fatal: (error) => { this.#fail(error); },
    });
    return driver;
  }

  #createSync(): SyncService {
    const { genesis, self, store, slotTimeoutMs } = this.#parts;
    const { replica } = this.#driver;
    return new SyncService({
      network: this.#network,
      validator: () => this.#validator,
      blocks: store.blocks,
      core: {
        status: () => replica.status(),
        get workPending() { return replica.workPending; },
        slotStateAbove: (slot) => replica.slotStateAbove(slot),
        resendMessages: () => replica.resendMessages(),
        pendingTransactions: (maxCount, maxBytes) => this.#mempool.pendingForResend(Math.min(maxBytes, MAX_RESENT_TRANSACTION_BYTES)).slice(0, maxCount).map(({ bytes }) => bytes),
        deliver: (input) => { if (input.type !== 'message' || !this.#driver.overloaded) this.#driver.deliver(input); },
        takeTransactions: (transactions, from) => { this.#intake.onPeerTransactions(transactions, from); },
        heard: (peer) => { this.#heard(peer); },
        peerStatus: (peer, status) => {
          const member = this.#memberOf.get(peer);
          if (member === undefined) return;
          const highestSlot = toSlot(Math.max(status.finalSlot, status.highestCertificate?.slot ?? status.finalSlot));
          this.#driver.deliver({ type: 'peer-status', member, highestSlot, observing: status.observing });
        },
        fatal: (error) => { this.#fail(error); },
      },
      clock: { nowMs: () => performance.now(), wakeAt: (monotonicMs) => { this.#syncTimer.at(monotonicMs); } },
      others: genesis.membership.members.filter((_, index) => index !== self).map(({ publicKey }) => publicKey),
      settings: { comparisonTimeoutMs: slotTimeoutMs },
      notice: (notice) => { this.#log.sync(notice); },
    });
  }

  #onGossip(topic: Topic, payload: Uint8Array, from: PublicKeyHex): GossipVerdict {
    if (topic === 'transactions') {
      this.#heard(from);
      return this.#intake.onGossip(payload, from);
    }
    if (this.#driver.overloaded) {
      this.#rejections.count('overloaded');
      return 'ignore';
    }
    const result = this.#validator.decodeAndValidate(payload);
    if (!result.ok) {
      this.#rejections.count(result.code);
      this.#parts.options.logger.debug({ from, code: result.code, detail: result.detail }, 'message refused');
      return result.verdict;
    }
    const { message } = result;
    if (message.type === 'PRE-PREPARE') this.#latency.proposalSeen(message.block.hash, performance.now());
    this.#driver.deliver({ type: 'message', message });
    return 'accept';
  }

  #heard(peer: PublicKeyHex): void {
    const member = this.#memberOf.get(peer);
    if (member !== undefined) this.#driver.deliver({ type: 'heard', member });
  }

  /** Once per turn of the event loop, however many transactions came in. */
  #noteMempoolChange(): void {
    this.#mempoolChanged ??= setImmediate(() => {
      this.#mempoolChanged = undefined;
      this.#driver.deliver({ type: 'transactions', pending: this.#mempool.hasPending });
    });
  }

  #onFinalized(blocks: readonly CommittedBlock[]): void {
    const nowMs = performance.now();
    for (const { block } of blocks) {
      this.#latency.blockFinal(block.hash, nowMs);
      this.#mempool.markFinal(block.transactions.map(({ id }) => id));
      this.#transactionsCommitted += block.transactions.length;
    }
    this.#log.finalBlocks(blocks, nowMs);
    this.#driver.deliver({ type: 'transactions', pending: this.#mempool.hasPending });
    this.#execution.add(blocks);
    this.#sync.coreMoved();
  }

  #onExecuted(block: CommittedBlock, receipts: readonly Receipt[]): void {
    this.#mempool.markFailed(receipts.filter(({ ok }) => !ok).map(({ transactionId }) => transactionId));
    for (const receipt of receipts) this.#waiters.executed(receipt);
    this.view.blockExecuted(block);
  }

  #onNotice(notice: Notice): void {
    this.#log.consensus(notice, performance.now());
    if (notice.type === 'slot-entered') this.#execution.idle();
    if (notice.type === 'voting') this.#parts.store.markVoteStoreRecovered().catch((error: unknown) => { this.#fail(asError(error)); });
  }

  #onPeer(peer: PublicKeyHex, change: 'connected' | 'disconnected'): void {
    const member = this.#memberOf.get(peer);
    if (member !== undefined) this.#log.peer(member, change, this.#network.connectedPeers().length);
  }
}

function now(): { readonly monotonicMs: number; readonly wallMs: number } {
  return { monotonicMs: performance.now(), wallMs: Date.now() };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
