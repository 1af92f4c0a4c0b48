import assert from 'node:assert/strict';
import { ConflictingFinalityError, PROPOSAL_WINDOW, SLOT_WINDOW } from '../../../src/consensus/chain.js';
import type { QuorumParameters } from '../../../src/consensus/quorum.js';
import type { FinalTip } from '../../../src/consensus/records.js';
import { VoteGuard } from '../../../src/storage/vote-guard.js';
import type { Block, HeaderTemplate } from '../../../src/types/block.js';
import type { Certificate } from '../../../src/types/certificates.js';
import type { Hash } from '../../../src/types/ids.js';
import { toMemberIndex, toSequence, toSlot, toView } from '../../../src/types/ids.js';
import type { ConsensusMessage, PrePrepare } from '../../../src/types/messages.js';
import {
  Bench, GENESIS, START_WALL_MS, block, checkpoint, commit, equivocation, fastCertificate, hashOf, prePrepare, prepare, prepareCertificate, skip, slowCertificate, viewChange,
} from '../../unit/consensus/fixtures.js';
import { Choices, bytesOf } from '../entropy.js';
import { withinSteps } from '../steps.js';
import type { Target } from '../target.js';

/** Look-ups that one input may cost: a hundred slots and a handful of passes over them stay far below. */
const STEPS_PER_INPUT = 100_000;
const SIZES = [4, 4, 4, 7, 1, 2, 3] as const;
const DISTANCES = [0, 0, 0, 1, 1, 2, -1, 3, 15, 16, 17, 40, 64, 65, 1_000_000, 2 ** 52] as const;
const DELAYS_MS = [0, 1, 50, 200, 400, 1000, 1500, 5000, 100_000] as const;
const LONG_CHAIN = 5_000_000;
const ROOTS = [hashOf('root'), hashOf('another root')] as const;

/** The final block of a society that has run for long: what loops over all slots so far is found by it. */
const LONG_TIP: FinalTip = {
  hash: hashOf('long ago'), slot: toSlot(LONG_CHAIN), sequence: toSequence(LONG_CHAIN - 100), view: 100, timestampMs: 400_000, certificate: slowCertificate(LONG_CHAIN, hashOf('long ago')),
};

/** A replica, and others who send it whatever one of them could sign. */
class Siege {
  readonly #choices: Choices;
  readonly #n: number;
  readonly #bench: Bench;
  readonly #known: Block[] = [];
  readonly #guard = new VoteGuard();
  #judged = 0;

  constructor(choices: Choices) {
    this.#choices = choices;
    this.#n = choices.pick(SIZES);
    const tip = choices.sixteenths(4) ? LONG_TIP : GENESIS;
    this.#bench = new Bench({
      members: this.#n, self: choices.below(this.#n), comparing: choices.sixteenths(1), voteStoreLost: choices.sixteenths(1), durable: { finalTip: tip },
      ...(choices.sixteenths(3) ? { fastPath: 'off' as const } : {}), pool: choices.sixteenths(8) ? ['a'] : [],
    });
  }

  /** @returns whether the replica voted */
  run(): boolean {
    try {
      for (let count = 0; !this.#choices.over && count < 400; count += 1) {
        withinSteps(STEPS_PER_INPUT, () => { this.#act(); });
        this.#assertVotes();
        if (count % 16 === 15) this.#assertBounds();
      }
      this.#assertBounds();
    } catch (error) {
      // Certificates may be of more than f members here: then it says so and stops.
      if (!(error instanceof ConflictingFinalityError)) throw error;
    }
    return this.#bench.votes().length > 0;
  }

  #member(): number {
    return this.#choices.below(this.#n);
  }

  #near(): number {
    return Math.max(0, this.#bench.slot + this.#choices.pick(DISTANCES));
  }

  /** No quorum signs for slots that are far away. */
  #plausible(): number {
    return Math.max(0, this.#bench.slot + this.#choices.pick(DISTANCES.slice(0, -2)));
  }

  #blockHashIn(slot: number): Hash {
    const held = this.#known.filter(({ header }) => header.slot === slot);
    return held.length > 0 && !this.#choices.sixteenths(1) ? this.#choices.pick(held.slice(0, 256)).hash : hashOf(`unknown ${this.#choices.below(4)}`);
  }

  #parent(): Block | FinalTip {
    const { finalTip } = this.#bench.replica;
    const candidates: (Block | FinalTip)[] = [finalTip, ...this.#known.slice(-8)];
    return this.#choices.sixteenths(10) ? candidates.at(-1)! : this.#choices.pick(candidates);
  }

  /** A header that passes validation: it fits itself, though perhaps no parent. */
  #block(slot: number): Block {
    const parent = this.#parent();
    const above = 'header' in parent ? parent.header : parent;
    const label = `b${this.#choices.below(3)}`;
    const late: Partial<HeaderTemplate> = this.#choices.sixteenths(1) ? { timestampMs: START_WALL_MS + this.#bench.nowMs + this.#choices.pick([400, 600, 2 ** 40]) } : {};
    if (above.slot >= slot || this.#choices.sixteenths(1)) {
      const isFirst = slot < 2 || this.#choices.sixteenths(8);
      const header = isFirst ? { view: toView(slot), sequence: toSequence(0), parentSlot: toSlot(-1) } : { view: toView(slot - 1), sequence: toSequence(1), parentSlot: toSlot(this.#choices.below(2)) };
      return this.#keep(block({ slot, label, members: this.#n, header: { ...header, ...late } }));
    }
    return this.#keep(block({ slot, parent, label, members: this.#n, header: late }));
  }

  #keep(made: Block): Block {
    this.#known.push(made);
    if (this.#known.length > 64) this.#known.shift();
    return made;
  }

  #proposal(slot: number): PrePrepare {
    const proposed = this.#block(slot);
    const { parentSlot, parentHash } = proposed.header;
    const parent = parentSlot < 0 || this.#choices.sixteenths(6) ? undefined : prepareCertificate(parentSlot, parentHash);
    const from = Math.max(parentSlot + 1, slot - 64);
    const skips = this.#choices.sixteenths(12) ? Array.from({ length: Math.max(0, slot - from) }, (_, index) => skip(from + index)) : [];
    return prePrepare(proposed, { parent, skips });
  }

  #certificate(): Certificate {
    const slot = this.#plausible();
    const hash = this.#blockHashIn(slot);
    const signers = this.#choices.sixteenths(2) ? Array.from({ length: this.#n }, (_, index) => index) : undefined;
    switch (this.#choices.below(5)) {
      case 0: case 1: return skip(slot, signers);
      case 2: return slowCertificate(slot, hash, signers);
      case 3: return this.#bench.parameters.fastPath === 'off' ? skip(slot, signers) : fastCertificate(slot, hash, signers);
      default: return prepareCertificate(slot, hash, signers);
    }
  }

  #take(...messages: readonly ConsensusMessage[]): void {
    this.#bench.take(...messages);
  }

  #act(): void {
    const bench = this.#bench;
    switch (this.#choices.below(16)) {
      case 0: case 1: this.#take(this.#proposal(this.#near())); return;
      case 2: case 3: {
        const slot = this.#near();
        this.#take(prepare(slot, this.#member(), this.#blockHashIn(slot), !this.#choices.sixteenths(4)));
        return;
      }
      case 4: {
        const slot = this.#near();
        this.#take(commit(slot, this.#member(), this.#blockHashIn(slot)));
        return;
      }
      case 5: {
        const slot = this.#near();
        this.#take(viewChange(slot, this.#member(), this.#choices.sixteenths(4) ? this.#blockHashIn(slot) : undefined));
        return;
      }
      case 6: this.#take({ type: 'CERTIFICATE', certificate: this.#certificate() }); return;
      case 7: {
        const slot = this.#near();
        this.#take(equivocation(this.#block(slot), this.#block(slot)));
        return;
      }
      case 8: case 9: bench.passMs(this.#choices.pick(DELAYS_MS)); return;
      case 10:
        bench.pool.add(`tx ${this.#choices.below(8)}`);
        bench.pending(!this.#choices.sixteenths(4));
        return;
      case 11: this.#sync(); return;
      case 12: bench.step({ type: 'executed', sequence: bench.replica.finalTip.sequence, stateRoot: this.#choices.pick(ROOTS) }); return;
      case 13: this.#peer(); return;
      case 14: this.#take(checkpoint(this.#choices.pick([0, 1, 2, 2 ** 31, Number.MAX_SAFE_INTEGER]), this.#member(), this.#choices.pick(ROOTS))); return;
      default: this.#round();
    }
  }

  /** What an honest leader and most others say in the current slot. */
  #round(): void {
    const { slot } = this.#bench;
    const proposal = this.#proposal(slot);
    this.#take(proposal);
    const voters = 1 + this.#choices.below(this.#n);
    for (let signer = 0; signer < voters; signer += 1) {
      this.#take(this.#choices.sixteenths(1) ? viewChange(slot, signer) : prepare(slot, signer, proposal.block.hash));
      if (this.#choices.sixteenths(6)) this.#take(commit(slot, signer, proposal.block.hash));
    }
  }

  #sync(): void {
    let parent: Block | FinalTip = this.#bench.replica.finalTip;
    const blocks: Block[] = [];
    for (let count = 1 + this.#choices.below(3); count > 0; count -= 1) {
      const above: { readonly slot: number } = 'header' in parent ? parent.header : parent;
      parent = this.#keep(block({ slot: above.slot + 1 + this.#choices.below(3), parent, label: 'synced', members: this.#n }));
      blocks.push(parent);
    }
    const last = blocks.at(-1)!;
    this.#bench.synced(...blocks.map((each) => ({ block: each, certificate: each === last ? slowCertificate(each.header.slot, each.hash) : undefined })));
  }

  #peer(): void {
    const member = toMemberIndex(this.#member());
    switch (this.#choices.below(3)) {
      case 0: this.#bench.step({ type: 'heard', member }); return;
      case 1: this.#bench.step({ type: 'peer-status', member, highestSlot: toSlot(this.#plausible()), observing: this.#choices.sixteenths(4) }); return;
      default: this.#bench.step({ type: 'compared' });
    }
  }

  /** Invariant 3, by the guard that stands before the disk: it would refuse what contradicts an earlier vote. */
  #assertVotes(): void {
    const { effects } = this.#bench;
    for (; this.#judged < effects.length; this.#judged += 1) {
      const effect = effects[this.#judged]!;
      if (effect.type !== 'persist') continue;
      const { record } = effect;
      if (record.type === 'vote') this.#guard.admitVote(record.vote);
      if (record.type === 'proposed') this.#guard.admitProposal(record.epoch, record.slot, record.blockHash);
    }
  }

  /** Section 8, from what it would tell a peer. */
  #assertBounds(): void {
    const { replica, slot: current, parameters } = this.#bench;
    const tip = replica.finalTip.slot;
    const messages = withinSteps(STEPS_PER_INPUT, () => [...replica.slotStateAbove(tip), ...replica.resendMessages()]);
    withinSteps(STEPS_PER_INPUT, () => [replica.status(), replica.snapshot(), replica.deadlineMs]);
    const held = messages.slice(0, withinSteps(STEPS_PER_INPUT, () => replica.slotStateAbove(tip)).length);
    const counts = new Map<string, number>();
    const certified = new Set<Hash>();
    const supporters = new Map<Hash, Set<number>>();
    const count = (what: string, limit: number): void => {
      const next = (counts.get(what) ?? 0) + 1;
      counts.set(what, next);
      assert.ok(next <= limit, `holds more than ${limit} of ${what}`);
    };
    for (const message of held) {
      if (message.type === 'CERTIFICATE') {
        const { certificate } = message;
        const isFinality = certificate.kind === 'FAST' || certificate.kind === 'SLOW';
        assert.ok(isFinality || certificate.slot <= current + SLOT_WINDOW, `holds a certificate of slot ${certificate.slot} in slot ${current}`);
        if (certificate.kind !== 'VIEW-CHANGE') certified.add(certificate.blockHash);
      } else if (message.type !== 'CHECKPOINT') {
        assert.ok(message.slot > tip && message.slot <= current + SLOT_WINDOW, `holds a ${message.type} of slot ${message.slot} in slot ${current}`);
      }
      if (message.type === 'PREPARE') {
        count(`slot ${message.slot} member ${message.signer} PREPARE`, Math.ceil(this.#n / 2) + 2);
        const signers = supporters.get(message.blockHash) ?? new Set();
        if (message.signer !== message.slot % this.#n) signers.add(message.signer);
        supporters.set(message.blockHash, signers);
      }
      if (message.type === 'COMMIT') count(`slot ${message.slot} member ${message.signer} COMMIT`, 2);
      if (message.type === 'VIEW-CHANGE') count(`slot ${message.slot} member ${message.signer} VIEW-CHANGE first=${message.first}`, 1);
      if (message.type === 'CHECKPOINT') count(`member ${message.signer} CHECKPOINT`, 1);
    }
    for (const message of held) {
      if (message.type !== 'PRE-PREPARE') continue;
      assert.ok(message.slot <= current + PROPOSAL_WINDOW, `holds the body of slot ${message.slot} in slot ${current}`);
      const { hash } = message.block;
      const isSupported = certified.has(hash) || (supporters.get(hash)?.size ?? 0) >= supportNeeded(parameters);
      if (!isSupported) count(`slot ${message.slot} bodies without support`, 2);
    }
    const proofs = held.filter((message) => message.type === 'CERTIFICATE' && message.certificate.slot > current + SLOT_WINDOW).length;
    assert.ok(replica.snapshot().slotsHeld <= current + SLOT_WINDOW - tip + proofs, 'holds no more slots than the window has');
  }
}

/** SPEC section 8: PREPAREs of non-leaders from which on a third body matters. */
function supportNeeded({ faultTolerance, equivocationThreshold, fastPath }: QuorumParameters): number {
  return fastPath === 'off' ? faultTolerance + 1 : Math.max(1, Math.min(faultTolerance + 1, equivocationThreshold));
}

/** Anything that members could sign, in any order; every byte string is such a story. */
const replica: Target = {
  name: 'replica',
  generate: (random) => bytesOf(random, random.pick([30, 60, 120, 300])),
  run: (input) => (new Siege(new Choices(input)).run() ? 'accepted' : 'rejected'),
  leastAccepted: 0.3,
  weight: 0.05,
};

export const REPLICA_TARGETS: readonly Target[] = [replica];
