import type { Block } from '../types/block.js';
import type { Hash, MemberIndex, Slot } from '../types/ids.js';
import { toSequence, toSlot, toView } from '../types/ids.js';
import type { Membership } from '../types/membership.js';
import type { Justification } from '../types/messages.js';
import type { Chain, ParentBlock } from './chain.js';
import type { Effect, Instant } from './events.js';
import type { Pacemaker } from './pacemaker.js';
import type { Participation } from './participation.js';
import { leaderOf } from './quorum.js';

interface BuildRequest {
  readonly slot: Slot;
  readonly parentHash: Hash;
  readonly optimistic: boolean;
  readonly allowEmpty: boolean;
}

/** An own block that the rules allow to be proposed now. */
export interface OwnProposal {
  readonly slot: Slot;
  readonly block: Block;
  readonly justification: Justification;
}

/** R1: when this platform, as a slot's leader, asks for a block and proposes it. */
export class Proposer {
  readonly #chainId: Hash;
  readonly #membership: Membership;
  readonly #self: MemberIndex;
  readonly #chain: Chain;
  readonly #pacemaker: Pacemaker;
  readonly #participation: Participation;
  #requested: BuildRequest | undefined;
  /** The last request that found nothing to propose; asked again when there are new transactions. */
  #nothing: BuildRequest | undefined;

  constructor(
    chainId: Hash, membership: Membership, self: MemberIndex, chain: Chain, pacemaker: Pacemaker, participation: Participation,
  ) {
    this.#chainId = chainId;
    this.#membership = membership;
    this.#self = self;
    this.#chain = chain;
    this.#pacemaker = pacemaker;
    this.#participation = participation;
  }

  /** There are new transactions: a slot without anything to propose is worth another try. */
  transactionsChanged(): void {
    this.#nothing = undefined;
  }

  /** Optimistic proposal: on first-voting `parent`, its child at once, before the parent is certified. */
  optimistic(parent: Block, equivocators: ReadonlyMap<MemberIndex, unknown>, now: Instant): Effect | undefined {
    const { header } = parent;
    const slot = toSlot(header.slot + 1);
    if (slot < this.#pacemaker.current || !this.#mayPropose(slot) || equivocators.has(header.proposer)) return undefined;
    return this.#request({ hash: parent.hash, ...header }, slot, { optimistic: true, allowEmpty: false }, now);
  }

  /** Normal proposal: on or after entering the slot, on the highest certified block below it. */
  normal(now: Instant): Effect | undefined {
    const slot = this.#pacemaker.current;
    if (!this.#mayPropose(slot)) return undefined;
    const parent = this.#chain.parentFor(slot);
    if (parent === undefined) return undefined;
    const dueMs = this.#emptyBlockDueMs();
    return this.#request(parent, slot, { optimistic: false, allowEmpty: dueMs !== undefined && dueMs <= now.monotonicMs }, now);
  }

  /** The answer to a request. Undefined where there is no block, or the rules do not allow it any more. */
  built(slot: Slot, parentHash: Hash, block: Block | undefined): OwnProposal | undefined {
    const request = this.#requested;
    if (request === undefined || !sameBranch(request, { slot, parentHash })) return undefined;
    this.#requested = undefined;
    if (block === undefined) {
      this.#nothing = request;
      return undefined;
    }
    const { current } = this.#pacemaker;
    const inTime = request.optimistic ? slot >= current : slot === current;
    if (!inTime || !this.#mayPropose(slot)) return undefined;
    const { parentSlot } = block.header;
    return {
      slot, block,
      justification: { parent: this.#chain.certificateOf(parentSlot, parentHash), skips: this.#chain.carriedSkips(parentSlot, slot) },
    };
  }

  /**
   * When an empty block becomes due while this platform leads the current slot: about 2Δ after it first held the
   * certificate of a block that is not final (SPEC section 4). Undefined where none is due, or the host has none to give.
   */
  deadlineMs(): number | undefined {
    const slot = this.#pacemaker.current;
    if (!this.#mayPropose(slot)) return undefined;
    const parent = this.#chain.parentFor(slot);
    if (parent === undefined || this.#chain.branch(parent.slot, parent.hash) === undefined) return undefined;
    const branch = { slot, parentHash: parent.hash };
    const asked = this.#requested !== undefined && sameBranch(this.#requested, branch);
    const declined = this.#nothing?.allowEmpty === true && sameBranch(this.#nothing, branch);
    return asked || declined ? undefined : this.#emptyBlockDueMs();
  }

  #emptyBlockDueMs(): number | undefined {
    let oldestMs: number | undefined;
    for (const { certifiedSinceMs } of this.#chain.records()) {
      if (certifiedSinceMs !== undefined && (oldestMs === undefined || certifiedSinceMs < oldestMs)) oldestMs = certifiedSinceMs;
    }
    return oldestMs === undefined ? undefined : oldestMs + 2 * this.#pacemaker.networkDelayMs;
  }

  /** At most once in a slot, and never after an own VIEW-CHANGE there. */
  #mayPropose(slot: Slot): boolean {
    if (leaderOf(slot, this.#membership.members.length) !== this.#self || !this.#participation.maySignIn(slot)) return false;
    const record = this.#chain.record(slot);
    return record === undefined
      || (record.ownProposal === undefined && record.own.first !== 'VIEW-CHANGE' && !record.own.viewChangeFallback);
  }

  #request(parent: ParentBlock, slot: Slot, how: { optimistic: boolean; allowEmpty: boolean }, now: Instant): Effect | undefined {
    const request = { slot, parentHash: parent.hash, ...how };
    // One request for a branch at a time: its answer decides whether another one is worth while.
    if (this.#requested !== undefined && sameBranch(this.#requested, request)) return undefined;
    if (this.#nothing !== undefined && covers(this.#nothing, request)) return undefined;
    const ancestors = this.#chain.branch(parent.slot, parent.hash);
    if (ancestors === undefined) return undefined;
    this.#requested = request;
    return {
      type: 'build',
      template: {
        chainId: this.#chainId,
        epoch: this.#membership.epoch,
        view: toView(parent.view + slot - parent.slot - 1),
        sequence: toSequence(parent.sequence + 1),
        slot,
        parentSlot: parent.slot,
        parentHash: parent.hash,
        timestampMs: Math.max(parent.timestampMs + 1, now.wallMs),
        nextMembersHash: this.#membership.membersHash,
        proposer: this.#self,
      },
      ancestors,
      allowEmpty: how.allowEmpty,
    };
  }
}

type Branch = Pick<BuildRequest, 'slot' | 'parentHash'>;

function sameBranch(a: Branch, b: Branch): boolean {
  return a.slot === b.slot && a.parentHash === b.parentHash;
}

/** Whether asking again would be answered the same way as before. */
function covers(earlier: BuildRequest, request: BuildRequest): boolean {
  return sameBranch(earlier, request) && (earlier.allowEmpty || !request.allowEmpty) && (earlier.optimistic === request.optimistic || !earlier.optimistic);
}
