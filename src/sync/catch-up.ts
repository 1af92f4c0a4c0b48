import type { PublicKeyHex } from '../types/ids.js';
import type { FailureReason, OwnPosition, RequestPlan, SyncAnswer, SyncEffect, SyncProgress } from './events.js';
import type { Peer, PeerBook } from './peers.js';
import { isAfter, ownPosition, type Position } from './position.js';
import { RangeQueue } from './ranges.js';
import type { SyncSettings } from './settings.js';
import { SpeedMeter } from './speed.js';

type BlocksPlan = Extract<RequestPlan, { type: 'BLOCKS' }>;
type BlocksAnswer = Extract<SyncAnswer, { type: 'BLOCKS' }>;

/** A peer that failed to serve so often in a row is not counted upon any more. */
const FAILURES_TO_GIVE_UP = 3;
/** Nor is one that had no time for so many requests in a row. */
const REFUSALS_TO_GIVE_UP = 12;

/**
 * From the proof that a higher block is final until this platform has it (SPEC section 7). Certificates prove how
 * far there is to go; sequences that peers name only say what to ask of whom.
 */
export class CatchUp {
  readonly #settings: SyncSettings;
  readonly #peers: PeerBook;
  readonly #ranges: RangeQueue;
  readonly #speed = new SpeedMeter();
  /** Highest position proven final anywhere. */
  #target: Position | undefined;
  /** Fetching starts then; undefined while not behind. */
  #startMs: number | undefined;
  /** Set once anything was asked for. */
  #fetching: { readonly fromSequence: number; noticeDueMs: number; fetchedBytes: number } | undefined;
  #refreshDueMs: number;
  /** While a snapshot is fetched no blocks are; afterwards none is fetched again for a while. */
  #snapshot: { readonly underWay: boolean; readonly retryDueMs: number };

  constructor(settings: SyncSettings, peers: PeerBook, own: OwnPosition, nowMs: number) {
    this.#settings = settings;
    this.#peers = peers;
    this.#ranges = new RangeQueue(settings, own);
    this.#refreshDueMs = nowMs;
    this.#snapshot = { underWay: false, retryDueMs: nowMs };
  }

  snapshotEnded(own: OwnPosition, nowMs: number): void {
    this.#ranges.clear(own);
    this.#snapshot = { underWay: false, retryDueMs: nowMs + this.#settings.snapshotRetryMs };
  }

  isBehind(own: OwnPosition): boolean {
    return this.#target !== undefined && isAfter(this.#target, ownPosition(own));
  }

  /** The newest block that is known to be there; undefined while not behind. */
  targetSequence(own: OwnPosition): number | undefined {
    return this.isBehind(own) ? this.#knownSequence(own) : undefined;
  }

  noteProven(position: Position, own: OwnPosition, nowMs: number): void {
    if (this.#target === undefined || isAfter(position, this.#target)) this.#target = position;
    if (this.#startMs !== undefined || !this.isBehind(own)) return;
    this.#startMs = nowMs + this.#settings.graceMs;
    this.#refreshDueMs = this.#startMs;
  }

  /** The core itself says that it cannot get there with what it holds. */
  skipGrace(nowMs: number): void {
    if (this.#startMs === undefined || this.#startMs <= nowMs) return;
    this.#startMs = nowMs;
    this.#refreshDueMs = nowMs;
  }

  /** @returns true where this ended a catch-up in which blocks were fetched */
  noteOwn(own: OwnPosition, nowMs: number, effects: SyncEffect[]): boolean {
    this.#ranges.noteOwn(own, nowMs);
    this.#speed.note(own.finalSequence, nowMs);
    if (this.#startMs === undefined || this.isBehind(own)) return false;
    this.#startMs = undefined;
    const fetching = this.#fetching;
    if (fetching === undefined) return false;
    const progress = this.progress(own, 0, nowMs);
    effects.push({ type: 'notice', notice: { type: 'catch-up-finished', progress } });
    this.#ranges.clear(own);
    this.#fetching = undefined;
    return true;
  }

  answered(requestId: number, plan: BlocksPlan, peer: Peer, answer: BlocksAnswer, own: OwnPosition, nowMs: number, effects: SyncEffect[]): void {
    peer.outstandingRanges = Math.max(0, peer.outstandingRanges - 1);
    const outcome = this.#ranges.answered(requestId, plan, peer.key, answer.proven, answer.unproven);
    peer.firstSequence = answer.firstSequence;
    switch (outcome.type) {
      case 'served':
        this.#peers.noteServed(peer);
        this.#peers.noteClaim(peer, answer.finalSequence, own);
        for (const key of outcome.slow) this.#withPeer(key, (slow) => { this.#peers.noteFailure(slow, nowMs); });
        return;
      case 'unproven':
        this.#peers.noteClaim(peer, answer.finalSequence, own);
        // The last block of an honest peer is final by a certificate, so nothing will come that proves these.
        if (outcome.lastSequence >= this.#peers.servesUpTo(peer, own)) this.#peers.noteFailure(peer, nowMs);
        return;
      case 'unneeded':
        return;
      case 'empty':
        // What was pruned cannot be served: no failure, and from now on it is not asked for that.
        if (answer.firstSequence <= plan.fromSequence) this.#peers.noteFailure(peer, nowMs);
        return;
      case 'unprovable':
        // No proof of a lie, but it is not asked again for a while.
        this.#peers.noteFailure(peer, nowMs);
        return;
      case 'wrong-blocks':
        this.#convict(peer, 'served other blocks than were asked for', nowMs, effects);
        return;
    }
  }

  failed(requestId: number, peer: Peer, reason: FailureReason, nowMs: number): void {
    peer.outstandingRanges = Math.max(0, peer.outstandingRanges - 1);
    this.#ranges.failed(requestId, reason === 'refused');
    if (reason === 'refused') this.#peers.noteBusy(peer, nowMs);
    else this.#peers.noteFailure(peer, nowMs);
  }

  /**
   * Delivers what is in order and asks for more.
   * @param send sends a request and returns its id
   * @param outstanding BLOCKS requests that are out already
   */
  proceed(own: OwnPosition, nowMs: number, effects: SyncEffect[], send: (peer: Peer, plan: BlocksPlan) => number, outstanding: number): void {
    this.#fetchSnapshot(own, nowMs, effects);
    if (this.#startMs === undefined || nowMs < this.#startMs) return;
    if (this.#ranges.digestDeadlineMs !== undefined && nowMs >= this.#ranges.digestDeadlineMs) {
      effects.push({ type: 'notice', notice: { type: 'blocks-not-digested', fromSequence: own.finalSequence } });
      this.#ranges.clear(own);
    }
    // What is held back meanwhile fills the buffer, and then nothing more is asked for.
    if (!own.backlogFull) this.#deliver(nowMs, effects);
    this.#refreshTarget(own, nowMs);
    this.#request(own, nowMs, send, outstanding);
    this.#tell(own, nowMs, effects);
  }

  * deadlines(own: OwnPosition): Iterable<number | undefined> {
    if (this.#wantsSnapshot(own) && !this.#snapshot.underWay) yield this.#snapshot.retryDueMs;
    if (this.#startMs === undefined) return;
    yield this.#startMs;
    yield this.#refreshDueMs;
    yield this.#ranges.hedgeDueMs;
    yield this.#ranges.digestDeadlineMs;
    yield this.#fetching?.noticeDueMs;
    for (const peer of this.#peers.connected()) {
      if (this.#peers.isAhead(peer, own)) yield peer.pausedUntilMs;
    }
  }

  progress(own: OwnPosition, outstandingRequests: number, nowMs: number): SyncProgress {
    const catchingUp = this.isBehind(own);
    const toSequence = catchingUp ? this.#knownSequence(own) : own.finalSequence;
    const connected = this.#peers.connected();
    return {
      catchingUp,
      fromSequence: this.#fetching?.fromSequence ?? own.finalSequence,
      finalSequence: own.finalSequence,
      toSequence,
      remaining: toSequence - own.finalSequence,
      blocksPerSecond: this.#speed.perSecond(own.finalSequence, nowMs),
      fetchedBytes: this.#fetching?.fetchedBytes ?? 0,
      outstandingRequests,
      bufferedBytes: this.#ranges.bufferedBytes,
      connectedPeers: connected.length,
      heardPeers: connected.filter((peer) => peer.heard).length,
      servingPeers: connected.filter((peer) => peer.outstandingRanges > 0).length,
    };
  }

  /** Blocks are not to be had, or too many to fetch and execute one by one; or the state is gone. */
  #wantsSnapshot(own: OwnPosition): boolean {
    if (own.stateMissing) return true;
    if (!this.isBehind(own)) return false;
    if (this.#knownSequence(own) - own.finalSequence > this.#settings.snapshotAboveBlocks) return true;
    const ahead = this.#peers.connected().filter((peer) => this.#peers.isAhead(peer, own));
    const pruned = ahead.filter((peer) => peer.firstSequence > own.finalSequence + 1);
    // One that says that it has the blocks, and serves none of them, is no reason to wait.
    return pruned.length > 0 && ahead.every((peer) => pruned.includes(peer) || isGivenUp(peer));
  }

  #fetchSnapshot(own: OwnPosition, nowMs: number, effects: SyncEffect[]): void {
    if (this.#snapshot.underWay || nowMs < this.#snapshot.retryDueMs || !this.#wantsSnapshot(own)) return;
    const peers = this.#peers.connected().filter((peer) => !peer.convicted).map(({ key }) => key);
    if (peers.length === 0) return;
    this.#snapshot = { underWay: true, retryDueMs: nowMs };
    effects.push({ type: 'fetch-snapshot', peers, minSequence: own.stateMissing ? 0 : own.finalSequence + 1 });
  }

  #deliver(nowMs: number, effects: SyncEffect[]): void {
    const { blocks, misfits } = this.#ranges.deliverable(nowMs);
    if (blocks.length > 0) effects.push({ type: 'deliver-blocks', blocks });
    if (this.#fetching !== undefined) this.#fetching.fetchedBytes += blocks.reduce((sum, { block }) => sum + block.sizeBytes, 0);
    for (const key of misfits) {
      this.#withPeer(key, (peer) => { this.#convict(peer, 'served blocks that do not link to final ones', nowMs, effects); });
    }
  }

  /** Asks how far the others are: with slot state, where nobody is known who serves blocks. */
  #refreshTarget(own: OwnPosition, nowMs: number): void {
    if (nowMs < this.#refreshDueMs) return;
    this.#refreshDueMs = nowMs + this.#settings.targetRefreshMs;
    const connected = this.#peers.connected();
    const kind = connected.some((peer) => this.#peers.isAhead(peer, own) && (peer.pausedUntilMs <= nowMs || peer.outstandingRanges > 0)) ? 'STATUS' : 'PULL';
    for (const peer of connected) this.#peers.want(peer, kind, nowMs);
  }

  #request(own: OwnPosition, nowMs: number, send: (peer: Peer, plan: BlocksPlan) => number, outstanding: number): void {
    if (this.#snapshot.underWay) return;
    const upTo = this.#fetchableSequence(own);
    const peerFor = (fromSequence: number, allowed: (peer: PublicKeyHex) => boolean): PublicKeyHex | undefined =>
      this.#server(fromSequence, allowed, own, nowMs)?.key;
    const hasNoTime = (key: PublicKeyHex): boolean => {
      const peer = this.#peers.get(key);
      return peer?.connected === true && peer.refusals > 0 && peer.pausedUntilMs > nowMs && !isGivenUp(peer);
    };
    for (let count = outstanding; count <= this.#settings.maxOutstandingRanges; count += 1) {
      const request = this.#ranges.next(upTo, count < this.#settings.maxOutstandingRanges, nowMs, peerFor, hasNoTime);
      const peer = request === undefined ? undefined : this.#peers.get(request.peer);
      if (request === undefined || peer === undefined) return;
      this.#fetching ??= { fromSequence: own.finalSequence, noticeDueMs: nowMs, fetchedBytes: 0 };
      request.started(send(peer, request.plan));
    }
  }

  /** The least busy peer that can serve a sequence; of several, the one that failed least. */
  #server(fromSequence: number, allowed: (peer: PublicKeyHex) => boolean, own: OwnPosition, nowMs: number): Peer | undefined {
    return this.#peers.connected()
      .filter((peer) => allowed(peer.key) && peer.pausedUntilMs <= nowMs
        && peer.outstandingRanges < this.#settings.maxOutstandingRangesPerPeer
        && peer.firstSequence <= fromSequence && this.#peers.servesUpTo(peer, own) >= fromSequence)
      .sort((a, b) => a.outstandingRanges - b.outstandingRanges || a.failures - b.failures || a.refusals - b.refusals)[0];
  }

  #fetchableSequence(own: OwnPosition): number {
    return this.#peers.connected().reduce<number>((most, peer) => Math.max(most, this.#peers.servesUpTo(peer, own)), own.finalSequence);
  }

  #knownSequence(own: OwnPosition): number {
    return Math.max(own.finalSequence + 1, this.#fetchableSequence(own));
  }

  #tell(own: OwnPosition, nowMs: number, effects: SyncEffect[]): void {
    const fetching = this.#fetching;
    if (fetching === undefined || nowMs < fetching.noticeDueMs) return;
    const type = fetching.fromSequence === own.finalSequence ? 'catch-up-started' : 'catch-up-progress';
    fetching.noticeDueMs = nowMs + this.#settings.progressNoticeMs;
    effects.push({ type: 'notice', notice: { type, progress: this.progress(own, 0, nowMs) } });
  }

  #convict(peer: Peer, reason: string, nowMs: number, effects: SyncEffect[]): void {
    if (!this.#peers.noteOffence(peer, nowMs)) return;
    effects.push(
      { type: 'penalize', peer: peer.key, reason },
      { type: 'notice', notice: { type: 'peer-failed', peer: peer.key, reason: 'invalid', detail: reason } },
    );
  }

  #withPeer(key: PublicKeyHex, act: (peer: Peer) => void): void {
    const peer = this.#peers.get(key);
    if (peer !== undefined) act(peer);
  }
}

function isGivenUp(peer: Peer): boolean {
  return peer.convicted || peer.failures >= FAILURES_TO_GIVE_UP || peer.refusals >= REFUSALS_TO_GIVE_UP;
}
