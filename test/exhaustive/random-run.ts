import { ConflictingFinalityError } from '../../src/consensus/chain.js';
import { leaderOf } from '../../src/consensus/quorum.js';
import type { Block } from '../../src/types/block.js';
import type { BlockCertificate, ViewChangeCertificate } from '../../src/types/certificates.js';
import type { Hash, MemberIndex } from '../../src/types/ids.js';
import { toHash, toMemberIndex, toSequence, toSlot, toView, ZERO_HASH } from '../../src/types/ids.js';
import type { Membership } from '../../src/types/membership.js';
import type { Vote } from '../../src/types/messages.js';
import { Random } from '../simulation/random.js';
import { CHAIN_ID, commit, EPOCH, GENESIS, membershipOf, MEMBERS_HASH, prepare, SIGNATURE, viewChange } from '../unit/consensus/fixtures.js';
import type { PlayedRules } from './honest-platform.js';
import { HonestPlatform } from './honest-platform.js';
import { Said } from './said.js';

/** Blocks that a Byzantine leader signs for one of its slots. */
const MOST_BLOCKS = 3;
/** In each of which everything held by an honest platform reaches all others. */
const MOST_ROUNDS = 100;
/** How far below its own slot a Byzantine leader looks for a parent. */
const PARENT_SLOTS = 3;
const BLOCK_NAMES: readonly Hash[] = Array.from({ length: 1024 }, (_, number) => toHash((number + 1).toString(16).padStart(64, '0')));
const memberships = new Map<number, Membership>();

export interface RandomRunResult {
  /** What is broken, if something is. */
  readonly violation: string | undefined;
  /** Blocks that became final at the platform where most did. */
  readonly finalBlocks: number;
  readonly slots: number;
  readonly restarts: number;
}

/**
 * Several slots of a society with f Byzantine members, in full asynchrony: again and again some of what was said reaches
 * one platform, which then does all that the production rules allow. Byzantine members sign anything to anybody, show
 * certificates that exist to one platform alone, and lead with up to three blocks on any parents. Platforms crash and
 * come back with what is durable. The same seed and rules, the same run.
 *
 * Afterwards all that was ever said is held against invariants 1 and 2 of SPEC section 13, whoever it reached.
 *
 * @param settles whether, before that, honest platforms are left alone until a block in a new slot is final at all of them
 *   (invariant 9)
 */
export function randomRun(seed: number, rules: PlayedRules, settles = false): RandomRunResult {
  return new RandomRun(seed, rules, settles).play();
}

class RandomRun {
  readonly #random: Random;
  readonly #rules: PlayedRules;
  readonly #settles: boolean;
  readonly #said: Said;
  readonly #honest: readonly HonestPlatform[];
  readonly #byzantine: readonly MemberIndex[];
  /** Those picked often are listed often. */
  readonly #turns: HonestPlatform[] = [];
  #blocks = 0;
  #restarts = 0;

  constructor(seed: number, rules: PlayedRules, settles: boolean) {
    this.#settles = settles;
    const random = new Random(seed);
    const { memberCount, faultTolerance } = rules.parameters;
    this.#random = random;
    this.#rules = rules;
    this.#said = new Said(rules.parameters);
    const members = Array.from({ length: memberCount }, (_, member) => toMemberIndex(member));
    this.#byzantine = Array.from({ length: faultTolerance }, () => members.splice(random.integer(0, members.length - 1), 1)).flat();
    const membership = memberships.get(memberCount) ?? membershipOf(memberCount);
    memberships.set(memberCount, membership);
    this.#honest = members.map((member) => new HonestPlatform(member, rules, membership, this.#said, () => this.#nameBlock()));
    for (const platform of this.#honest) for (let turns = random.integer(1, 4); turns > 0; turns -= 1) this.#turns.push(platform);
  }

  play(): RandomRunResult {
    let violation: string | undefined;
    try {
      this.#scramble();
      if (this.#settles && this.#said.violation() === undefined) violation = this.#settle();
    } catch (error) {
      if (!(error instanceof ConflictingFinalityError)) throw error;
      violation = error.message;
    }
    const finalBlocks = Math.max(...this.#honest.map(({ tip }) => tip.sequence + 1));
    return { violation: this.#said.violation() ?? violation, finalBlocks, slots: this.#said.slots.length, restarts: this.#restarts };
  }

  /** Full asynchrony. */
  #scramble(): void {
    const random = this.#random;
    const timerRate = random.pick([0.05, 0.2, 0.5]);
    const lossRate = random.pick([0, 0.3, 0.6]);
    const restartRate = random.pick([0, 0.03]);
    const turns = this.#honest.length * random.integer(6, 14);
    for (let turn = 0; turn < turns; turn += 1) {
      const platform = random.pick(this.#turns);
      if (random.chance(restartRate)) {
        platform.restart();
        this.#restarts += 1;
      }
      if (this.#byzantine.length > 0) this.#conspire(platform);
      this.#deliver(platform, lossRate);
      if (random.chance(timerRate)) platform.expireTimer();
      platform.act();
    }
  }

  /**
   * From now on whatever an honest platform holds reaches the others, timers expire where nothing else happens, and
   * Byzantine members are silent.
   */
  #settle(): string | undefined {
    const goal = Math.max(this.#said.slots.length, ...this.#honest.map(({ current }) => current));
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const before = this.#progress;
      for (const platform of this.#honest) {
        for (const other of this.#honest) if (other !== platform) other.tell(platform);
        platform.act();
      }
      if (this.#honest.every(({ tip }) => tip.slot >= goal)) return undefined;
      if (this.#progress === before) for (const platform of this.#honest) platform.expireTimer();
    }
    const where = this.#honest.map(({ self, current, tip }) => `${self} in slot ${current}, final ${tip.slot}`).join('; ');
    return `invariant 9: no block from slot ${goal} on became final everywhere in ${MOST_ROUNDS} rounds (${where})`;
  }

  /** Grows whenever anything happens. */
  get #progress(): number {
    let sum = 0;
    for (const { proposals, votes } of this.#said.slots) sum += proposals.length + votes.length;
    for (const { current, tip } of this.#honest) sum += current + tip.slot;
    return sum;
  }

  #nameBlock(): Hash {
    const name = BLOCK_NAMES[this.#blocks];
    if (name === undefined) throw new RangeError('more blocks than names');
    this.#blocks += 1;
    return name;
  }

  /** Of what was said above its final block a random part reaches the platform. */
  #deliver(platform: HonestPlatform, lossRate: number): void {
    const random = this.#random;
    const { slot: finalSlot } = platform.tip;
    for (const { slot, proposals, votes } of this.#said.slots) {
      if (slot <= finalSlot || random.chance(lossRate)) continue;
      const portion = random.pick([0.3, 0.7, 1]);
      for (const proposal of proposals) if (random.chance(portion)) platform.takeProposal(proposal);
      for (const vote of votes) if (random.chance(portion)) platform.takeVote(vote);
    }
  }

  #conspire(platform: HonestPlatform): void {
    const random = this.#random;
    if (random.chance(0.4)) this.#lead(toSlot(random.integer(Math.max(0, platform.current - 1), platform.current + 1)));
    const said = this.#said.slots[random.integer(Math.max(0, platform.tip.slot + 1), platform.current)];
    if (said === undefined) return;
    if (random.chance(0.3)) {
      const certificates = this.#said.certificates(said);
      if (certificates.length > 0) platform.takeCertificate(random.pick(certificates));
    }
    const blocks = said.proposals.map(({ block }) => block.hash);
    // Together they push one thing, or each says what it likes.
    const pushed = random.chance(0.5) ? this.#voteFor(said.slot, blocks) : undefined;
    for (const signer of this.#byzantine) if (random.chance(0.7)) platform.takeVote({ ...(pushed ?? this.#voteFor(said.slot, blocks)), signer });
  }

  #voteFor(slot: number, blocks: readonly Hash[]): Vote {
    const random = this.#random;
    const kind = blocks.length === 0 ? 1 : random.next();
    if (kind > 0.8) return viewChange(slot, 0);
    const hash = random.pick(blocks);
    return kind > 0.3 ? prepare(slot, 0, hash, kind > 0.4, ZERO_HASH) : commit(slot, 0, hash);
  }

  /** If a Byzantine member leads the slot, it signs another block for it, on whatever parent; its form is right. */
  #lead(slot: Block['header']['slot']): void {
    const random = this.#random;
    const leader = leaderOf(slot, this.#rules.parameters.memberCount);
    if (!this.#byzantine.includes(leader) || (this.#said.slots[slot]?.proposals.length ?? 0) >= MOST_BLOCKS) return;
    const below = this.#said.slots.slice(Math.max(0, slot - PARENT_SLOTS), slot);
    const parents = below.flatMap(({ proposals }) => proposals.map(({ block: { hash, header } }) => ({ hash, ...header })));
    const parent = parents.length > 0 && random.chance(0.9) ? random.pick(parents) : GENESIS;
    const header = {
      chainId: CHAIN_ID, epoch: EPOCH, view: toView(parent.view + slot - parent.slot - 1), sequence: toSequence(parent.sequence + 1), slot,
      parentSlot: parent.slot, parentHash: parent.hash, timestampMs: parent.timestampMs + 1, nextMembersHash: MEMBERS_HASH, proposer: leader,
      transactionCount: 0, merkleRoot: ZERO_HASH,
    };
    const existing = below.filter((said) => said.slot >= parent.slot).flatMap((said) => this.#said.certificates(said));
    this.#said.propose({
      type: 'PRE-PREPARE', epoch: EPOCH, slot, signer: leader, signature: SIGNATURE,
      block: { hash: this.#nameBlock(), header, transactions: [], sizeBytes: 0 },
      justification: {
        parent: existing.find((held): held is BlockCertificate => held.kind !== 'VIEW-CHANGE' && held.blockHash === parent.hash),
        skips: existing.filter((held): held is ViewChangeCertificate => held.kind === 'VIEW-CHANGE' && held.slot > parent.slot),
      },
    });
  }
}
