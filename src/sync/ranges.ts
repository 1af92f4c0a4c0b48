import type { Hash, PublicKeyHex } from '../types/ids.js';
import { toSequence } from '../types/ids.js';
import type { Verified } from '../types/messages.js';
import type { CommittedBlock } from '../types/sync.js';
import type { OwnPosition, RequestPlan } from './events.js';
import type { SyncSettings } from './settings.js';

type BlocksPlan = Extract<RequestPlan, { type: 'BLOCKS' }>;

/** Blocks that one peer served and that no certificate proves yet. */
interface Unproven {
  readonly peer: PublicKeyHex;
  readonly blocks: readonly CommittedBlock[];
  readonly sizeBytes: number;
}

/** Consecutive sequences `from` to `to`: waiting to be asked for, asked for, or held back until those below are delivered. */
interface Range {
  from: number;
  to: number;
  /** Outstanding requests, and whom they went to; two at most. */
  readonly requests: Map<number, PublicKeyHex>;
  requestedMs: number;
  unproven: Unproven | undefined;
  held: { readonly peer: PublicKeyHex; readonly blocks: readonly Verified<CommittedBlock>[]; readonly sizeBytes: number } | undefined;
}

/** Blocks delivered to the core that are not durable yet. */
interface Undigested {
  readonly lastSequence: number;
  readonly sizeBytes: number;
}

/** A request that may be sent. */
export interface RangeRequest {
  readonly peer: PublicKeyHex;
  readonly plan: BlocksPlan;
  /** To be called with the id under which the request goes out. */
  started(requestId: number): void;
}

/** What an answer came to. `slow` are peers that were asked for the same blocks earlier and did not answer yet. */
export type RangeOutcome =
  | { readonly type: 'served'; readonly slow: readonly PublicKeyHex[] }
  /** Real blocks perhaps, but not one that is certified: kept, and asked on from there. */
  | { readonly type: 'unproven'; readonly lastSequence: number }
  /** Nobody waits for it any more. */
  | { readonly type: 'unneeded' }
  /** The peer had less than it should. */
  | { readonly type: 'empty' }
  /** Too many blocks without one that is certified. */
  | { readonly type: 'unprovable' }
  | { readonly type: 'wrong-blocks' };

/** Chooses a peer that serves `fromSequence` and has room for a request, among those `allowed`. */
export type PeerChoice = (fromSequence: number, allowed: (peer: PublicKeyHex) => boolean) => PublicKeyHex | undefined;

/** Memory that a block takes besides its encoding: its certificate, objects, an entry here. */
const BLOCK_OVERHEAD_BYTES = 1024;
/** Blocks asked for at once while their size is not known yet. */
const PROBE_COUNT = 16;
/** Blocks asked for beyond the end of a range, to reach the certified descendant that proves it. */
const LOOKAHEAD_COUNT = 32;
/** The contract of BLOCKS: no request asks for more. */
const MAX_COUNT = 1024;

function sizeOf(blocks: readonly CommittedBlock[]): number {
  return blocks.reduce((sum, { block }) => sum + block.sizeBytes + BLOCK_OVERHEAD_BYTES, 0);
}

/**
 * The ranges between the own final block and the highest one that is to be fetched (SPEC section 7): which to ask
 * for next, what came, what may be delivered in order. Ranges are proven each on its own, by a certificate at their
 * end, so a liar is found on arrival whatever the order; the link to the block below is checked on delivery.
 */
export class RangeQueue {
  readonly #settings: SyncSettings;
  /** In order, without gaps, starting right above #head. */
  #ranges: Range[] = [];
  #undigested: Undigested[] = [];
  /** The highest block delivered, or the own final one if that is higher. */
  #head: { sequence: number; hash: Hash };
  #durableSequence: number;
  #digestedMs = 0;
  #averageBlockBytes: number | undefined;

  constructor(settings: SyncSettings, own: OwnPosition) {
    this.#settings = settings;
    this.#head = { sequence: own.finalSequence, hash: own.finalHash };
    this.#durableSequence = own.durableSequence;
  }

  /** Blocks held, delivered but not digested, and asked for (at what the request allows). */
  get bufferedBytes(): number {
    const ranges = this.#ranges.reduce((sum, range) => sum + (range.held?.sizeBytes ?? 0) + (range.unproven?.sizeBytes ?? 0)
      + range.requests.size * this.#settings.maxRangeBytes, 0);
    return ranges + this.#undigestedBytes();
  }

  noteOwn(own: OwnPosition, nowMs: number): void {
    if (own.durableSequence !== this.#durableSequence) {
      this.#durableSequence = own.durableSequence;
      this.#digestedMs = nowMs;
      this.#undigested = this.#undigested.filter((part) => part.lastSequence > own.durableSequence);
    }
    if (own.finalSequence >= this.#head.sequence) this.#moveHead(own.finalSequence, own.finalHash);
  }

  /** Forgets everything asked for and held. */
  clear(own: OwnPosition): void {
    this.#ranges = [];
    this.#undigested = [];
    this.#head = { sequence: own.finalSequence, hash: own.finalHash };
  }

  /** When delivered blocks count as lost; undefined where none are out. */
  get digestDeadlineMs(): number | undefined {
    return this.#undigested.length === 0 ? undefined : this.#digestedMs + this.#settings.digestTimeoutMs;
  }

  /**
   * The next request, or undefined where nothing may or can be asked now.
   * @param upTo highest sequence to be fetched
   * @param mayStart false where the number of outstanding requests allows only a hedge
   * @param hasNoTime whether a peer refuses for a moment, but goes on serving
   */
  next(
    upTo: number, mayStart: boolean, nowMs: number, peerFor: PeerChoice, hasNoTime: (peer: PublicKeyHex) => boolean,
  ): RangeRequest | undefined {
    this.#dropUnneeded(upTo);
    const hedge = this.#hedge(nowMs, peerFor);
    if (hedge !== undefined || !mayStart) return hedge;
    for (const range of this.#ranges) {
      if (range.held !== undefined || range.requests.size > 0) continue;
      if (!this.#hasRoomFor(range)) return undefined;
      // To begin anew at another peer would make it serve again what is here, and have no time either.
      if (range.unproven !== undefined && hasNoTime(range.unproven.peer)) continue;
      const request = this.#requestFrom(range, nowMs, peerFor);
      if (request !== undefined) return request;
    }
    const range = this.#newRange(upTo);
    if (range === undefined || !this.#hasRoomFor(range)) return undefined;
    return this.#requestFrom(range, nowMs, peerFor);
  }

  /** When the range that all others wait for may be asked of a second peer. */
  get hedgeDueMs(): number | undefined {
    const first = this.#ranges[0];
    if (first === undefined || first.held !== undefined || first.requests.size !== 1 || first.unproven !== undefined) return undefined;
    return first.requestedMs + this.#settings.hedgeAfterMs;
  }

  answered(
    requestId: number, plan: BlocksPlan, peer: PublicKeyHex,
    proven: readonly Verified<CommittedBlock>[], unproven: readonly CommittedBlock[],
  ): RangeOutcome {
    const index = this.#ranges.findIndex((candidate) => candidate.requests.has(requestId));
    const range = this.#ranges[index];
    if (range === undefined) return { type: 'unneeded' };
    range.requests.delete(requestId);
    if (proven.length + unproven.length <= plan.unproven.length) return { type: 'empty' };
    if (!isAnswerTo(plan, proven, unproven)) return { type: 'wrong-blocks' };
    const last = proven.at(-1);
    if (last === undefined) return this.#keepUnproven(range, peer, unproven);

    const slow = [...range.requests.values()];
    const sizeBytes = sizeOf(proven);
    const blockBytes = sizeBytes / proven.length;
    this.#averageBlockBytes = this.#averageBlockBytes === undefined ? blockBytes : (3 * this.#averageBlockBytes + blockBytes) / 4;
    range.requests.clear();
    range.unproven = undefined;
    range.held = { peer, blocks: proven, sizeBytes };
    if (last.block.header.sequence < range.to) {
      this.#ranges.splice(index + 1, 0, emptyRange(last.block.header.sequence + 1, range.to));
      range.to = last.block.header.sequence;
    }
    return { type: 'served', slow };
  }

  /**
   * The request came to nothing; what it asked for is asked for again.
   * @param isRefused the peer had no time: what it served before is as good as it was
   */
  failed(requestId: number, isRefused: boolean): void {
    for (const range of this.#ranges) {
      if (range.requests.delete(requestId) && !isRefused) range.unproven = undefined;
    }
  }

  /**
   * What the core may have now, in order, as much as it can digest. A range that does not link to the blocks below is
   * dropped and its server named.
   */
  deliverable(nowMs: number): { readonly blocks: readonly Verified<CommittedBlock>[]; readonly misfits: readonly PublicKeyHex[] } {
    const blocks: Verified<CommittedBlock>[] = [];
    const misfits: PublicKeyHex[] = [];
    for (let range = this.#ranges[0]; range?.held !== undefined; range = this.#ranges[0]) {
      if (this.#undigested.length > 0 && this.#undigestedBytes() + range.held.sizeBytes > this.#settings.maxUndigestedBytes) break;
      const fresh = range.held.blocks.filter(({ block }) => block.header.sequence > this.#head.sequence);
      const first = fresh[0];
      const last = fresh.at(-1);
      if (first !== undefined && first.block.header.parentHash !== this.#head.hash) {
        misfits.push(range.held.peer);
        range.held = undefined;
        break;
      }
      if (last !== undefined) {
        if (this.#undigested.length === 0) this.#digestedMs = nowMs;
        this.#undigested.push({ lastSequence: last.block.header.sequence, sizeBytes: sizeOf(fresh) });
        blocks.push(...fresh);
        this.#moveHead(last.block.header.sequence, last.block.hash);
      } else {
        this.#ranges.shift();
      }
    }
    return { blocks, misfits };
  }

  #undigestedBytes(): number {
    return this.#undigested.reduce((sum, part) => sum + part.sizeBytes, 0);
  }

  #moveHead(sequence: number, hash: Hash): void {
    this.#head = { sequence, hash };
    this.#ranges = this.#ranges.filter((range) => range.to > sequence);
    const first = this.#ranges[0];
    // A range already answered or asked for is cut on delivery.
    if (first !== undefined && first.from <= sequence && first.requests.size === 0 && first.held === undefined) {
      first.from = sequence + 1;
      first.unproven = undefined;
    }
  }

  /** Ranges at the end that turned out to be above everything that exists. */
  #dropUnneeded(upTo: number): void {
    for (let last = this.#ranges.at(-1); last !== undefined && last.from > upTo && last.held === undefined && last.requests.size === 0; last = this.#ranges.at(-1)) {
      this.#ranges.pop();
    }
  }

  /** The lowest range may always be asked for, or a full buffer above it would never drain. */
  #hasRoomFor(range: Range): boolean {
    return range.from <= this.#head.sequence + 1 || this.bufferedBytes + this.#settings.maxRangeBytes <= this.#settings.maxBufferedBytes;
  }

  #newRange(upTo: number): Range | undefined {
    const from = (this.#ranges.at(-1)?.to ?? this.#head.sequence) + 1;
    if (from > upTo || this.#ranges.length >= this.#settings.maxRanges) return undefined;
    return emptyRange(from, Math.min(from + this.#fittingCount() - 1, upTo));
  }

  #fittingCount(): number {
    if (this.#averageBlockBytes === undefined) return Math.min(PROBE_COUNT, this.#settings.maxRangeCount);
    const fitting = Math.floor(this.#settings.maxRangeBytes / this.#averageBlockBytes);
    return Math.max(1, Math.min(fitting, this.#settings.maxRangeCount));
  }

  #hedge(nowMs: number, peerFor: PeerChoice): RangeRequest | undefined {
    const first = this.#ranges[0];
    const dueMs = this.hedgeDueMs;
    if (first === undefined || dueMs === undefined || nowMs < dueMs) return undefined;
    const asked = new Set(first.requests.values());
    const peer = peerFor(first.from, (candidate) => !asked.has(candidate));
    return peer === undefined ? undefined : this.#request(first, peer, nowMs);
  }

  /** An unproven chain is continued by its own server where possible, since nobody else vouches for it. */
  #requestFrom(range: Range, nowMs: number, peerFor: PeerChoice): RangeRequest | undefined {
    const { unproven } = range;
    if (unproven !== undefined) {
      const peer = peerFor(range.from + unproven.blocks.length, (candidate) => candidate === unproven.peer);
      if (peer !== undefined) return this.#request(range, peer, nowMs);
    }
    const peer = peerFor(range.from, () => true);
    if (peer === undefined) return undefined;
    range.unproven = undefined;
    this.#splitOverlong(range);
    return this.#request(range, peer, nowMs);
  }

  #request(range: Range, peer: PublicKeyHex, nowMs: number): RangeRequest {
    const unproven = range.unproven?.blocks ?? [];
    const fromSequence = range.from + unproven.length;
    const maxCount = Math.max(0, range.to - fromSequence + 1) + (unproven.length > 0 ? LOOKAHEAD_COUNT : 0);
    return {
      peer,
      plan: {
        type: 'BLOCKS', fromSequence: toSequence(fromSequence), unproven,
        maxCount: Math.min(maxCount, MAX_COUNT), maxBytes: this.#settings.maxRangeBytes,
      },
      started: (requestId) => {
        if (!this.#ranges.includes(range)) this.#ranges.push(range);
        range.requests.set(requestId, peer);
        range.requestedMs = nowMs;
      },
    };
  }

  /** Blocks turned out larger than thought: what will not fit one answer can be asked of others meanwhile. */
  #splitOverlong(range: Range): void {
    const index = this.#ranges.indexOf(range);
    const lastFitting = range.from + this.#fittingCount() - 1;
    if (index < 0 || range.to <= lastFitting) return;
    this.#ranges.splice(index + 1, 0, emptyRange(lastFitting + 1, range.to));
    range.to = lastFitting;
  }

  #keepUnproven(range: Range, peer: PublicKeyHex, blocks: readonly CommittedBlock[]): RangeOutcome {
    const sizeBytes = sizeOf(blocks);
    if (sizeBytes > this.#settings.maxUnprovenBytes) {
      range.unproven = undefined;
      return { type: 'unprovable' };
    }
    // While another answer is awaited, that one may be proven.
    if (range.requests.size === 0) range.unproven = { peer, blocks, sizeBytes };
    return { type: 'unproven', lastSequence: blocks.at(-1)?.block.header.sequence ?? range.from };
  }
}

function emptyRange(from: number, to: number): Range {
  return { from, to, requests: new Map(), requestedMs: 0, unproven: undefined, held: undefined };
}

/** Whether the blocks are consecutive from where the request, with what it continued, began; and not too many. */
function isAnswerTo(plan: BlocksPlan, proven: readonly CommittedBlock[], unproven: readonly CommittedBlock[]): boolean {
  const start = plan.fromSequence - plan.unproven.length;
  if (proven.length + unproven.length > plan.unproven.length + plan.maxCount) return false;
  return [...proven, ...unproven].every(({ block }, index) => block.header.sequence === start + index);
}
