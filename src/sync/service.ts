import { CodecError } from '../codec/codec-error.js';
import { MAX_PUSHED_MESSAGES, MAX_SLOTS_MESSAGES, MAX_SLOTS_TRANSACTIONS } from '../codec/limits.js';
import type { RequestProtocol } from '../network/network.js';
import type { FinalityCertificate } from '../types/certificates.js';
import type { Hash, PublicKeyHex, Slot } from '../types/ids.js';
import type { ConsensusMessage, Verified } from '../types/messages.js';
import type { Status, SyncRequest, SyncResponse } from '../types/sync.js';
import { SyncEngine } from './engine.js';
import type { FailureReason, OwnPosition, RequestPlan, SnapshotFetch, SyncAnswer, SyncEffect, SyncInput, SyncProgress } from './events.js';
import { Intake, IntakeError } from './intake.js';
import { MessageBudget } from './message-budget.js';
import { SyncServer } from './server.js';
import { SYNC_WIRE } from './service-ports.js';
import type { SyncServiceOptions, SyncSnapshots, SyncWire } from './service-ports.js';
import { DEFAULT_SYNC_SETTINGS } from './settings.js';
import { SnapshotFetcher, WrongSnapshotError } from './snapshot-fetcher.js';
import { SyncError } from './sync-error.js';

type RequestEffect = Extract<SyncEffect, { type: 'request' }>;

const MIB = 1024 * 1024;
/** For an offer, or a chunk of a megabyte, from a peer that serves others, too. */
const SNAPSHOT_TIMEOUT_MS = 20_000;
const PROTOCOL_OF = {
  'STATUS-REQUEST': 'status', 'BLOCKS-REQUEST': 'blocks', 'SLOTS-REQUEST': 'slots', 'SNAPSHOT-REQUEST': 'snapshots', 'CHUNK-REQUEST': 'snapshots',
} as const satisfies Record<SyncRequest['type'], RequestProtocol>;
const RESPONSE_TO = {
  'STATUS-REQUEST': 'STATUS-RESPONSE', 'BLOCKS-REQUEST': 'BLOCKS-RESPONSE', 'SLOTS-REQUEST': 'SLOTS-RESPONSE',
  'SNAPSHOT-REQUEST': 'SNAPSHOT-RESPONSE', 'CHUNK-REQUEST': 'CHUNK-RESPONSE',
} as const;
/** Failures of `Network.request` for which the peer is to blame. */
const BLAMED_CODES: ReadonlySet<unknown> = new Set(['malformed', 'too-large']);

/**
 * Carries out the sync engine's effects over the network, and answers peers (SPEC sections 4, 5 and 7). Nothing a
 * peer sends makes it throw, `onRequest` apart, whose rejection closes the peer's stream.
 */
export class SyncService {
  readonly #options: SyncServiceOptions;
  readonly #wire: SyncWire;
  readonly #engine: SyncEngine;
  readonly #server: SyncServer;
  readonly #intake: Intake;
  readonly #snapshots: { readonly own: SyncSnapshots; readonly fetcher: SnapshotFetcher } | undefined;
  readonly #pushBudget: MessageBudget;
  readonly #maxPushedTransactionBytes: number;
  readonly #inputs: SyncInput[] = [];
  /** Fetches of chunks that wait until a peer has time; as many as run at once. */
  readonly #sleepers = new Set<{ readonly dueMs: number; readonly resume: () => void }>();
  #running = false;
  #stopped = false;
  #snapshotFetch: SnapshotFetch | undefined;
  #position: OwnPosition;

  constructor(options: SyncServiceOptions) {
    this.#options = options;
    this.#wire = options.wire ?? SYNC_WIRE;
    const { maxMessageBytes, maxBlockBytes } = options.validator().limits;
    // Two proposals of the largest size at least, so that one of them always fits beside the votes.
    const slotsBytes = Math.max(3 * MIB, 2 * maxMessageBytes);
    this.#maxPushedTransactionBytes = Math.max(1 * MIB, maxBlockBytes);
    this.#position = this.#ownPosition();
    this.#engine = new SyncEngine({
      own: this.#position,
      others: options.others,
      nowMs: options.clock.nowMs(),
      settings: {
        maxExchangeBytes: slotsBytes + 1 * MIB,
        maxBlocksResponseBytes: Math.max(DEFAULT_SYNC_SETTINGS.maxBlocksResponseBytes, 2 * maxMessageBytes),
        ...options.settings,
      },
    });
    this.#server = new SyncServer(
      {
        blocks: options.blocks, snapshots: options.snapshots, nowMs: () => options.clock.nowMs(),
        slotState: { statusOf: () => options.core.status(), slotStateAbove: (slot) => options.core.slotStateAbove(slot) },
      },
      { maxSlotsBytes: slotsBytes, maxSlotsCount: MAX_SLOTS_MESSAGES },
    );
    this.#pushBudget = new MessageBudget({ maxBytes: slotsBytes, maxCount: MAX_PUSHED_MESSAGES });
    this.#intake = new Intake(options.validator, (message, from, reached) => options.core.judge(message, from, reached), options.pause ?? (() => new Promise((resolve) => setImmediate(resolve))));
    this.#snapshots = options.snapshots === undefined ? undefined : { own: options.snapshots, fetcher: this.#createFetcher(options.snapshots) };
  }

  #createFetcher(snapshots: SyncSnapshots): SnapshotFetcher {
    const { network, clock, notice, settings } = this.#options;
    const { progressNoticeMs } = { ...DEFAULT_SYNC_SETTINGS, ...settings };
    let toldMs = Number.NEGATIVE_INFINITY;
    return new SnapshotFetcher({
      request: (peer, request) => this.#exchange(peer, request),
      prove: (offer) => this.#intake.snapshot(offer),
      draft: snapshots,
      restore: (offer) => snapshots.restore(offer),
      penalize: (peer, reason) => { network.penalize(peer, reason); },
      progress: ({ sequence, chunkHashes }, chunksDone) => {
        this.#snapshotFetch = { sequence, chunksDone, chunks: chunkHashes.length };
        if (clock.nowMs() - toldMs < progressNoticeMs) return;
        toldMs = clock.nowMs();
        notice?.({ type: 'snapshot-progress', ...this.#snapshotFetch });
      },
      nowMs: () => clock.nowMs(),
      pause: (durationMs) => new Promise((resume) => {
        this.#sleepers.add({ dueMs: clock.nowMs() + durationMs, resume });
        this.#wake();
      }),
    });
  }

  /** Begins, with the restart comparison (section 5). */
  start(): void {
    this.tick();
  }

  /** Nothing is asked, answered or delivered any more. */
  stop(): void {
    this.#stopped = true;
    this.#inputs.length = 0;
    this.#awake(Number.POSITIVE_INFINITY);
    this.#options.clock.wakeAt(undefined);
  }

  tick(): void {
    this.#awake(this.#options.clock.nowMs());
    this.#take({ type: 'tick' });
  }

  /** Those whose pause is over. */
  #awake(nowMs: number): void {
    for (const sleeper of this.#sleepers) {
      if (sleeper.dueMs > nowMs) continue;
      this.#sleepers.delete(sleeper);
      sleeper.resume();
    }
  }

  peerConnected(peer: PublicKeyHex): void {
    this.#take({ type: 'peer-connected', peer });
  }

  peerDisconnected(peer: PublicKeyHex): void {
    this.#server.peerDisconnected(peer);
    this.#pushBudget.forget(peer);
    this.#take({ type: 'peer-disconnected', peer });
  }

  /** To be called whenever the core may have moved, and when final blocks have become durable. */
  coreMoved(): void {
    const position = this.#ownPosition();
    if (isSamePosition(position, this.#position)) return;
    this.#position = position;
    this.#take({ type: 'own-position', own: position });
  }

  /** The core's effect of that name. */
  behind(certificate: FinalityCertificate): void {
    this.#take({ type: 'behind', certificate });
  }

  /** The core's effect of that name. */
  missingBlock(slot: Slot, blockHash: Hash): void {
    this.#take({ type: 'missing-block', slot, blockHash });
  }

  /** The core's effect of that name. */
  resend(): void {
    this.#take({ type: 'resend' });
  }

  /** The newest block that is known to be there; undefined while not behind. */
  get targetSequence(): number | undefined {
    return this.#engine.targetSequence;
  }

  progress(): SyncProgress {
    return this.#engine.progress();
  }

  /** From the moment in which it is known what to fetch until the state is taken in; undefined while no snapshot is fetched. */
  get snapshotFetch(): SnapshotFetch | undefined {
    return this.#snapshotFetch;
  }

  /**
   * Answers a peer's request; takes in its status and what it pushed first.
   * @throws SyncError `malformed` (the peer is penalized), `busy`, `stopped`
   */
  async onRequest(protocol: RequestProtocol, bytes: Uint8Array, from: PublicKeyHex): Promise<Uint8Array> {
    this.#assertRunning();
    this.#server.admit(from, protocol, bytes.byteLength);
    const request = await this.#accept(protocol, bytes, from);
    this.#assertRunning();
    return this.#wire.encodeResponse(await this.#server.answer(request, from));
  }

  async #accept(protocol: RequestProtocol, bytes: Uint8Array, from: PublicKeyHex): Promise<SyncRequest> {
    try {
      const request = this.#wire.decodeRequest(bytes, this.#options.validator().limits, (messageCount) => { this.#admit(from, messageCount); });
      if (PROTOCOL_OF[request.type] !== protocol) throw new IntakeError('invalid', `${request.type} came by the protocol ${protocol}`);
      this.#options.core.heard(from);
      await this.#takeIn(request, from);
      return request;
    } catch (error) {
      if (error instanceof SyncError) throw error;
      const failure = failureOf(error);
      if (failure.reason === 'invalid') this.#options.network.penalize(from, failure.detail);
      throw new SyncError('malformed', failure.detail, { cause: error });
    }
  }

  /** Before they are decoded: that alone takes a tenth of a second for as many as one request may hold. */
  #admit(from: PublicKeyHex, messageCount: number): void {
    if (this.#options.network.takePushed?.(from, messageCount) === false) {
      throw new SyncError('busy', `slots: ${messageCount} messages are more than a member may push now`);
    }
  }

  async #takeIn(request: SyncRequest, from: PublicKeyHex): Promise<void> {
    if (request.type !== 'STATUS-REQUEST' && request.type !== 'SLOTS-REQUEST') return;
    let shown: readonly Verified<ConsensusMessage>[] = [];
    try {
      const { status, messages } = this.#intake.status(request.status);
      shown = messages;
      this.#deliver(messages);
      this.#options.core.peerStatus(from, status);
      this.#take({ type: 'peer-status', peer: from, status });
    } catch (error) {
      // Of another epoch, for instance: it is answered all the same, and learns from that.
      if (!(error instanceof IntakeError) || error.reason === 'invalid') throw error;
    }
    if (request.type !== 'SLOTS-REQUEST') return;
    this.#deliver(await this.#intake.messages(request.messages, shown, from));
    if (request.transactions.length > 0 && !this.#stopped) this.#options.core.takeTransactions(request.transactions, from);
  }

  #assertRunning(): void {
    if (this.#stopped) throw new SyncError('stopped', 'sync: the platform is stopping');
  }

  #ownPosition(): OwnPosition {
    const { epoch, finalSlot, finalSequence, finalHash, currentSlot } = this.#options.core.status();
    const { core, blocks } = this.#options;
    return {
      epoch, finalSlot, finalSequence, finalHash, durableSequence: blocks.finalSequence(), currentSlot, workPending: core.workPending,
      stateMissing: this.#options.snapshots?.stateMissing() ?? false, backlogFull: core.backlogFull,
    };
  }

  /** Effects may call back (the core answers `deliver` with `behind`): such inputs wait for their turn. */
  #take(input: SyncInput): void {
    if (this.#stopped) return;
    this.#inputs.push(input);
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
        for (const effect of this.#engine.step(next, this.#options.clock.nowMs())) this.#carryOut(effect);
      }
    } finally {
      this.#running = false;
    }
    this.#wake();
  }

  #wake(): void {
    if (this.#stopped) return;
    const dueMs = Math.min(this.#engine.deadlineMs ?? Number.POSITIVE_INFINITY, ...[...this.#sleepers].map((sleeper) => sleeper.dueMs));
    this.#options.clock.wakeAt(Number.isFinite(dueMs) ? dueMs : undefined);
  }

  #carryOut(effect: SyncEffect): void {
    switch (effect.type) {
      case 'request': void this.#ask(effect); return;
      case 'deliver-blocks': this.#options.core.deliver({ type: 'synced', blocks: effect.blocks }); return;
      case 'deliver-messages': this.#deliver(effect.messages); return;
      case 'penalize': this.#options.network.penalize(effect.peer, effect.reason); return;
      case 'compared': this.#options.core.deliver({ type: 'compared' }); return;
      case 'fetch-snapshot': void this.#fetchSnapshot(effect.peers, effect.minSequence); return;
      case 'notice': this.#options.notice?.(effect.notice); return;
    }
  }

  #deliver(messages: Extract<SyncEffect, { type: 'deliver-messages' }>['messages']): void {
    for (const message of messages) if (!this.#stopped) this.#options.core.deliver({ type: 'message', message });
  }

  async #ask(effect: RequestEffect): Promise<void> {
    try {
      const request = this.#requestOf(effect.plan, effect.peer);
      const payload = this.#wire.encodeRequest(request);
      this.#take(await this.#outcome(effect, request, payload));
    } catch (error) {
      // Not the peer's doing: what it sends ends up in the outcome.
      this.#options.core.fatal(error instanceof Error ? error : new Error(String(error)));
    }
  }

  async #outcome(effect: RequestEffect, request: SyncRequest, payload: Uint8Array): Promise<SyncInput> {
    const { requestId, peer, plan, timeoutMs, maxResponseBytes } = effect;
    try {
      const bytes = await this.#options.network.request(peer, PROTOCOL_OF[request.type], payload, { timeoutMs, maxResponseBytes });
      const response = this.#wire.decodeResponse(bytes, this.#options.validator().limits);
      if (response.type !== RESPONSE_TO[request.type]) throw new IntakeError('invalid', `${request.type} was answered with ${response.type}`);
      const answer = await this.#answerOf(plan, response, peer);
      if (!this.#stopped) this.#options.core.heard(peer);
      return { type: 'answered', requestId, answer };
    } catch (error) {
      return { type: 'failed', requestId, ...failureOf(error) };
    }
  }

  async #fetchSnapshot(peers: readonly PublicKeyHex[], minSequence: number): Promise<void> {
    const { core, blocks, others, notice } = this.#options;
    try {
      if (this.#snapshots === undefined) return;
      const { own, fetcher } = this.#snapshots;
      const offer = await fetcher.fetch(peers, {
        // From the snapshot on, the blocks that are here must lead further.
        minSequence: own.stateMissing() ? blocks.firstSequence() - 1 : minSequence,
        vouchers: Math.floor(others.length / 3) + 1,
      });
      if (this.#stopped || offer === undefined) return;
      core.deliver({ type: 'adopted', blocks: offer.blocks });
      const { sequence, entryCount, sizeBytes } = offer.manifest;
      notice?.({ type: 'snapshot-restored', sequence, entryCount, sizeBytes });
    } catch (error) {
      if (this.#stopped) return;
      if (!(error instanceof IntakeError || error instanceof WrongSnapshotError)) core.fatal(error instanceof Error ? error : new Error(String(error)));
      else notice?.({ type: 'snapshot-failed', detail: error.message });
    } finally {
      this.#snapshotFetch = undefined;
      this.coreMoved();
      this.#take({ type: 'snapshot-ended' });
    }
  }

  /** @throws IntakeError, CodecError, NetworkError */
  async #exchange(peer: PublicKeyHex, request: SyncRequest): Promise<SyncResponse> {
    const { network, validator } = this.#options;
    if (this.#stopped) throw new IntakeError('unreachable', 'sync: the platform is stopping');
    try {
      const bytes = await network.request(peer, PROTOCOL_OF[request.type], this.#wire.encodeRequest(request), {
        timeoutMs: SNAPSHOT_TIMEOUT_MS, maxResponseBytes: validator().limits.maxSyncBytes,
      });
      return this.#wire.decodeResponse(bytes, validator().limits);
    } catch (error) {
      if (error instanceof CodecError) throw new IntakeError('invalid', error.message);
      const { reason, detail } = failureOf(error);
      throw reason === 'refused' ? new IntakeError(reason, detail) : error;
    }
  }

  #requestOf(plan: RequestPlan, peer: PublicKeyHex): SyncRequest {
    const { core } = this.#options;
    switch (plan.type) {
      case 'STATUS':
        return { type: 'STATUS-REQUEST', status: core.status() };
      case 'BLOCKS':
        return { type: 'BLOCKS-REQUEST', fromSequence: plan.fromSequence, maxCount: plan.maxCount, maxBytes: plan.maxBytes };
      case 'SLOTS':
        return {
          type: 'SLOTS-REQUEST',
          status: core.status(),
          messages: plan.push ? this.#pushBudget.fit(core.resendMessages(), peer) : [],
          transactions: plan.push ? core.pendingTransactions(MAX_SLOTS_TRANSACTIONS, this.#maxPushedTransactionBytes) : [],
        };
    }
  }

  async #answerOf(plan: RequestPlan, response: SyncResponse, peer: PublicKeyHex): Promise<SyncAnswer> {
    switch (response.type) {
      case 'STATUS-RESPONSE':
        return { type: 'STATUS', ...this.#statusOf(response.status, peer) };
      case 'BLOCKS-RESPONSE':
        return this.#intake.blocks(plan.type === 'BLOCKS' ? plan.unproven : [], response);
      case 'SLOTS-RESPONSE': {
        const { status, messages } = this.#statusOf(response.status, peer);
        return { type: 'SLOTS', status, messages: [...messages, ...await this.#intake.messages(response.messages, messages, peer)] };
      }
      case 'SNAPSHOT-RESPONSE':
      case 'CHUNK-RESPONSE':
        throw new IntakeError('invalid', `${plan.type} was answered with ${response.type}`);
    }
  }

  #statusOf(claimed: Status, peer: PublicKeyHex): ReturnType<Intake['status']> {
    const taken = this.#intake.status(claimed);
    if (!this.#stopped) this.#options.core.peerStatus(peer, taken.status);
    return taken;
  }
}

/** Why reading what a peer sent failed, and whether the peer is to blame (`invalid`). */
function failureOf(error: unknown): { readonly reason: FailureReason; readonly detail: string } {
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof IntakeError) return { reason: error.reason, detail };
  if (error instanceof CodecError) return { reason: 'invalid', detail };
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (BLAMED_CODES.has(code)) return { reason: 'invalid', detail };
  return { reason: code === 'refused' ? 'refused' : 'unreachable', detail };
}

function isSamePosition(a: OwnPosition, b: OwnPosition): boolean {
  return a.epoch === b.epoch && a.finalSlot === b.finalSlot && a.finalSequence === b.finalSequence && a.finalHash === b.finalHash
    && a.durableSequence === b.durableSequence && a.currentSlot === b.currentSlot && a.workPending === b.workPending
    && a.stateMissing === b.stateMissing && a.backlogFull === b.backlogFull;
}
