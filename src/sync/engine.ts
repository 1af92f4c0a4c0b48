import type { PublicKeyHex } from '../types/ids.js';
import type { Status } from '../types/sync.js';
import { CatchUp } from './catch-up.js';
import { RestartComparison } from './comparison.js';
import type { FailureReason, OwnPosition, RequestPlan, SyncAnswer, SyncEffect, SyncInput, SyncProgress } from './events.js';
import { MissingBlocks } from './missing-blocks.js';
import { PeerBook, type Peer } from './peers.js';
import { positionOf } from './position.js';
import { RequestLedger, type OutstandingRequest } from './requests.js';
import { DEFAULT_SYNC_SETTINGS, type SyncSettings } from './settings.js';

export interface SyncEngineOptions {
  readonly own: OwnPosition;
  /** The other members; the restart comparison ends early once all of them have answered. */
  readonly others: readonly PublicKeyHex[];
  readonly settings?: Partial<SyncSettings>;
  /** Monotonic; so are all later times. */
  readonly nowMs: number;
}

/**
 * Decides whom to ask for what, so that a platform finds out that it is behind, fetches final blocks, and has the slot
 * state it needs (SPEC sections 4 "Re-sending", 5 "Restart", 7). Pure and synchronous: no clock, no I/O, no
 * randomness. The host carries out the effects in order and calls `step` again at `deadlineMs`. Whatever comes in, it
 * never throws, and what it keeps per peer is bounded.
 */
export class SyncEngine {
  readonly #settings: SyncSettings;
  readonly #peers: PeerBook;
  readonly #requests = new RequestLedger();
  readonly #catchUp: CatchUp;
  readonly #missing: MissingBlocks;
  readonly #comparison: RestartComparison;
  #own: OwnPosition;
  #effects: SyncEffect[] = [];
  #stallDueMs: number;
  #statusDueMs: number;
  #deadlineMs: number | undefined;
  #nowMs: number;

  constructor(options: SyncEngineOptions) {
    this.#settings = { ...DEFAULT_SYNC_SETTINGS, ...options.settings };
    this.#own = options.own;
    this.#nowMs = options.nowMs;
    this.#peers = new PeerBook(this.#settings);
    this.#missing = new MissingBlocks(this.#settings);
    this.#catchUp = new CatchUp(this.#settings, this.#peers, options.own, options.nowMs);
    this.#comparison = new RestartComparison(options.others, this.#settings.comparisonTimeoutMs, options.nowMs);
    this.#stallDueMs = options.nowMs + this.#settings.stallMs;
    this.#statusDueMs = options.nowMs + this.#settings.statusIntervalMs;
    this.#deadlineMs = options.nowMs;
  }

  /** When `tick` is due, by the same clock as `nowMs`; undefined where nothing will happen by itself. */
  get deadlineMs(): number | undefined {
    return this.#deadlineMs;
  }

  /** The newest block that is known to be there; undefined while not behind. */
  get targetSequence(): number | undefined {
    return this.#catchUp.targetSequence(this.#own);
  }

  progress(): SyncProgress {
    return this.#catchUp.progress(this.#own, this.#requests.size, this.#nowMs);
  }

  step(input: SyncInput, nowMs: number): SyncEffect[] {
    this.#nowMs = nowMs;
    this.#effects = [];
    this.#take(input, nowMs);
    this.#proceed(nowMs);
    return this.#effects;
  }

  #take(input: SyncInput, nowMs: number): void {
    switch (input.type) {
      case 'peer-connected': {
        const peer = this.#peers.connect(input.peer);
        // A restarted platform also wants to see its own votes that others hold (section 5).
        if (peer !== undefined) this.#peers.want(peer, this.#comparison.ended ? 'STATUS' : 'PUSH', nowMs);
        return;
      }
      case 'peer-disconnected':
        this.#peers.disconnect(input.peer);
        for (const { requestId } of this.#requests.ofPeer(input.peer)) this.#closeFailed(requestId, 'unreachable', 'disconnected', nowMs);
        return;
      case 'own-position':
        this.#moveOwn(input.own, nowMs);
        return;
      case 'peer-status': {
        const peer = this.#peers.get(input.peer);
        if (peer?.connected === true) this.#learn(peer, input.status, true, nowMs);
        return;
      }
      case 'answered': {
        const request = this.#requests.close(input.requestId);
        if (request !== undefined) this.#answered(request, input.answer, nowMs);
        return;
      }
      case 'failed':
        this.#closeFailed(input.requestId, input.reason, input.detail, nowMs);
        return;
      case 'behind':
        this.#catchUp.noteProven(positionOf(input.certificate), this.#own, nowMs);
        this.#catchUp.skipGrace(nowMs);
        return;
      case 'missing-block':
        this.#missing.note(input.slot, input.blockHash);
        return;
      case 'resend':
        this.#wantFromAll('PUSH', nowMs);
        return;
      case 'snapshot-ended':
        this.#catchUp.snapshotEnded(this.#own, nowMs);
        return;
      case 'tick':
        return;
    }
  }

  #moveOwn(own: OwnPosition, nowMs: number): void {
    const before = this.#own;
    const isProgress = own.epoch !== before.epoch || own.finalSlot !== before.finalSlot || own.currentSlot !== before.currentSlot;
    if (isProgress || (own.workPending && !before.workPending)) this.#stallDueMs = nowMs + this.#settings.stallMs;
    this.#own = own;
    this.#missing.noteFinal(own.finalSlot);
    const hasCaughtUp = this.#catchUp.noteOwn(own, nowMs, this.#effects);
    // The blocks are there; now the votes above them, so that this platform can vote again.
    if (hasCaughtUp) this.#wantFromAll('PULL', nowMs);
  }

  /** @param mayPull false where the status came with slot state, so that pulling again would bring nothing new */
  #learn(peer: Peer, status: Status, mayPull: boolean, nowMs: number): void {
    this.#peers.noteStatus(peer, status, this.#own);
    if (peer.final !== undefined) this.#catchUp.noteProven(peer.final, this.#own, nowMs);
    const isFurther = peer.currentSlot > this.#own.currentSlot || peer.highestCertificateSlot >= this.#own.currentSlot;
    if (mayPull && isFurther && !this.#peers.isAhead(peer, this.#own)) {
      this.#peers.want(peer, 'PULL', nowMs + this.#settings.graceMs);
    }
  }

  #answered(request: OutstandingRequest, answer: SyncAnswer, nowMs: number): void {
    const peer = this.#peers.get(request.peer);
    if (peer === undefined) return;
    const { plan } = request;
    if (answer.type !== plan.type) {
      this.#fail(request, 'invalid', `answered ${plan.type} with ${answer.type}`, nowMs);
      return;
    }
    if (answer.type === 'BLOCKS') {
      if (plan.type !== 'BLOCKS') return;
      this.#catchUp.answered(request.requestId, plan, peer, answer, this.#own, nowMs, this.#effects);
      return;
    }
    peer.exchangeId = undefined;
    if (answer.messages.length > 0) this.#effects.push({ type: 'deliver-messages', peer: peer.key, messages: answer.messages });
    this.#learn(peer, answer.status, answer.type === 'STATUS', nowMs);
    if (answer.type === 'SLOTS') {
      this.#missing.noteAnswer(answer.messages);
      this.#comparison.noteAnswer(peer.key);
    }
  }

  #closeFailed(requestId: number, reason: FailureReason, detail: string, nowMs: number): void {
    const request = this.#requests.close(requestId);
    if (request !== undefined) this.#fail(request, reason, detail, nowMs);
  }

  /** A closed request came to nothing. */
  #fail(request: OutstandingRequest, reason: FailureReason, detail: string, nowMs: number): void {
    const peer = this.#peers.get(request.peer);
    if (peer === undefined) return;
    if (request.plan.type === 'BLOCKS') {
      this.#catchUp.failed(request.requestId, peer, reason, nowMs);
    } else {
      peer.exchangeId = undefined;
      // The comparison needs its answer; everything else comes round again by itself.
      if (!this.#comparison.ended && reason !== 'invalid') this.#peers.want(peer, 'PUSH', nowMs + this.#settings.exchangeIntervalMs);
    }
    if (reason === 'invalid' && this.#peers.noteOffence(peer, nowMs)) {
      this.#effects.push({ type: 'penalize', peer: peer.key, reason: detail });
    }
    if (peer.connected) this.#effects.push({ type: 'notice', notice: { type: 'peer-failed', peer: peer.key, reason, detail } });
  }

  /** Everything that time or the last input made due. */
  #proceed(nowMs: number): void {
    for (const { requestId } of this.#requests.overdue(nowMs)) this.#closeFailed(requestId, 'unreachable', 'no answer', nowMs);
    if (nowMs >= this.#stallDueMs) {
      this.#stallDueMs = nowMs + this.#settings.stallMs;
      if (this.#own.workPending) this.#wantFromAll('PUSH', nowMs);
    }
    if (nowMs >= this.#statusDueMs) {
      this.#statusDueMs = nowMs + this.#settings.statusIntervalMs;
      const peer = this.#peers.nextInTurn();
      if (peer !== undefined) this.#peers.want(peer, 'STATUS', nowMs);
    }
    this.#pullMissing(nowMs);
    this.#catchUp.proceed(this.#own, nowMs, this.#effects, (peer, plan) => this.#sendBlocksRequest(peer, plan, nowMs), this.#requests.count('BLOCKS'));
    for (const peer of this.#peers.connected()) this.#exchange(peer, nowMs);
    if (this.#comparison.end(this.#catchUp.isBehind(this.#own), nowMs)) this.#effects.push({ type: 'compared' });
    this.#deadlineMs = this.#nextDeadline(nowMs);
  }

  #pullMissing(nowMs: number): void {
    const candidates = this.#peers.connected()
      .map((peer) => ({ key: peer.key, busy: peer.exchangeId !== undefined, failures: peer.failures + peer.offences }))
      .sort((a, b) => a.failures - b.failures);
    const chosen = this.#missing.next(candidates, nowMs);
    const peer = chosen === undefined ? undefined : this.#peers.get(chosen);
    if (peer !== undefined) this.#peers.want(peer, 'PULL', nowMs);
  }

  #wantFromAll(kind: 'STATUS' | 'PULL' | 'PUSH', nowMs: number): void {
    for (const peer of this.#peers.connected()) this.#peers.want(peer, kind, nowMs);
  }

  #exchange(peer: Peer, nowMs: number): void {
    const dueMs = this.#peers.exchangeDueMs(peer);
    if (peer.wanted === undefined || dueMs === undefined || nowMs < dueMs) return;
    const plan: RequestPlan = peer.wanted.kind === 'STATUS' ? { type: 'STATUS' } : { type: 'SLOTS', push: peer.wanted.kind === 'PUSH' };
    const request = this.#requests.open(peer.key, plan, this.#settings.exchangeTimeoutMs, this.#settings.maxExchangeBytes, nowMs);
    peer.wanted = undefined;
    peer.exchangeId = request.requestId;
    peer.lastExchangeMs = nowMs;
    this.#effects.push(request);
  }

  #sendBlocksRequest(peer: Peer, plan: RequestPlan, nowMs: number): number {
    const request = this.#requests.open(peer.key, plan, this.#settings.blocksTimeoutMs, this.#settings.maxBlocksResponseBytes, nowMs);
    peer.outstandingRanges += 1;
    this.#effects.push(request);
    return request.requestId;
  }

  /** Only times to come count: what is due already and was not done waits for an input, not for time. */
  #nextDeadline(nowMs: number): number | undefined {
    let next: number | undefined;
    const consider = (dueMs: number | undefined): void => {
      if (dueMs !== undefined && dueMs > nowMs && (next === undefined || dueMs < next)) next = dueMs;
    };
    consider(this.#statusDueMs);
    if (this.#own.workPending) consider(this.#stallDueMs);
    if (!this.#comparison.ended) consider(this.#comparison.deadlineMs);
    consider(this.#missing.dueMs);
    for (const dueMs of this.#requests.deadlines()) consider(dueMs);
    for (const peer of this.#peers.connected()) consider(this.#peers.exchangeDueMs(peer));
    for (const dueMs of this.#catchUp.deadlines(this.#own)) consider(dueMs);
    return next;
  }
}
