import type { QuorumParameters } from '../../src/consensus/quorum.js';
import type { FirstVote, SlotHoldings, VoteDecision } from '../../src/consensus/voting.js';
import { SlotRecord } from '../../src/consensus/slot-record.js';
import { nextVote } from '../../src/consensus/voting.js';
import type { Hash } from '../../src/types/ids.js';
import { toSlot } from '../../src/types/ids.js';
import type { Prepare, SignedHeader } from '../../src/types/messages.js';
import { block, EPOCH, prepare, prePrepare, signedHeader, viewChange } from '../unit/consensus/fixtures.js';
import { blockHash, blockNumber } from './stances.js';
import type { Stance, Stances } from './stances.js';
import type { Tally } from './tally.js';

/** The slot that is modelled; member 0 leads it. */
const SLOT = 0;
/** Only that there are two of them, signed, is looked at. */
const LEADER_HEADERS: readonly [SignedHeader, SignedHeader] = [signedHeader(block({ slot: SLOT, label: 'b' })), signedHeader(block({ slot: SLOT, label: 'c' }))];

export interface SlotSetting {
  /** The production sizes, or weakened ones. */
  readonly parameters: QuorumParameters;
  /** Different blocks that the leader may sign; an honest one signs one. */
  readonly blocks: number;
  /** f members are Byzantine: the leader and f−1 others, or f others. */
  readonly byzantineLeader: boolean;
  /** A draft of the protocol: of one leader's blocks in a slot only the first two are kept, whatever is voted. */
  readonly dropsThirdBlock: boolean;
}

/** A vote that the production rules allow, and the stance of one who cast it. */
export interface Move {
  readonly decision: VoteDecision;
  readonly stance: number;
}

/** What a platform holds: votes as counts, of which the rules are shown as many signed ones. */
class CountedHoldings implements SlotHoldings {
  own: SlotHoldings['own'];
  timerExpired = true;
  headerSeen = false;
  leaderEquivocated = false;
  leaderHeaders: SlotHoldings['leaderHeaders'];
  readonly #hashes: readonly Hash[];
  readonly #prepares: readonly (readonly Prepare[])[];
  readonly #viewChanges: readonly FirstVote[];
  #votable: readonly Hash[] = [];
  #committable: readonly Hash[] = [];
  #tally: Tally;
  #leader: Stance | undefined;
  #byzantine = 0;
  #byzantineLeader = false;

  constructor(own: SlotHoldings['own'], tally: Tally, { parameters, blocks }: SlotSetting) {
    this.own = own;
    this.#tally = tally;
    const members = Array.from({ length: parameters.memberCount }, (_, index) => index);
    this.#hashes = Array.from({ length: blocks }, (_, number) => blockHash(number));
    this.#prepares = this.#hashes.map((hash) => members.map((signer) => prepare(SLOT, signer, hash)));
    this.#viewChanges = members.map((signer) => viewChange(SLOT, signer));
  }

  /** Votes: those of the tally, and one from each of so many Byzantine members for whatever is counted. */
  voted(tally: Tally, leader: Stance | undefined, byzantine: number, byzantineLeader: boolean): void {
    this.#tally = tally;
    this.#leader = leader;
    this.#byzantine = byzantine;
    this.#byzantineLeader = byzantineLeader;
  }

  sees(votable: readonly Hash[], committable: readonly Hash[], timerExpired: boolean, equivocated: boolean): void {
    this.#votable = votable;
    this.#committable = committable;
    this.timerExpired = timerExpired;
    this.headerSeen = votable.length > 0;
    this.leaderEquivocated = equivocated;
    this.leaderHeaders = equivocated ? LEADER_HEADERS : undefined;
  }

  votable(): readonly Hash[] {
    return this.#votable;
  }

  committable(): readonly Hash[] {
    return this.#committable;
  }

  viewChangeCount(): number {
    return this.#tally.viewChanges + this.#byzantine;
  }

  preparesFromNonLeaders(hash: Hash): number {
    const number = blockNumber(hash);
    const byLeader = this.#leader !== undefined && (this.#leader.first === number || this.#leader.fallback.includes(number));
    return (this.#tally.prepares[number] ?? 0) - Number(byLeader) + this.#byzantineNonLeaders;
  }

  firstPreparesFromNonLeaders(hash: Hash): readonly Prepare[] {
    const number = blockNumber(hash);
    const count = (this.#tally.first[number] ?? 0) - Number(this.#leader?.first === number) + this.#byzantineNonLeaders;
    return (this.#prepares[number] ?? []).slice(1, 1 + count);
  }

  firstVotesElsewhere(hash: Hash): readonly FirstVote[] {
    const number = blockNumber(hash);
    const byHonestLeader = this.#leader?.first !== undefined && this.#leader.first !== number;
    const nonLeaders = this.#tally.firstVotes - (this.#tally.first[number] ?? 0) - Number(byHonestLeader) + this.#byzantineNonLeaders;
    return this.#viewChanges.slice(byHonestLeader || this.#byzantineLeader ? 0 : 1, 1 + nonLeaders);
  }

  get #byzantineNonLeaders(): number {
    return this.#byzantine - Number(this.#byzantineLeader);
  }
}

/**
 * What an honest platform may say next in a slot, asked of the production rules (`nextVote`).
 *
 * Which votes a platform holds is up to the network, and what Byzantine platforms told it is up to them. Of all that it
 * may hold it is enough to ask for these:
 * - *Votes: all that were sent, and from every Byzantine platform one for whatever is counted.* The rules only compare
 *   counts of votes with thresholds from below, so whoever holds fewer may do no more.
 * - *Votable and certified blocks: none, or one.* They are tried one by one, each on its own, and what none or one of them
 *   allows cannot be had with more; having none keeps a rule that goes first (R2, R5) from hiding a later one.
 * - *Timer, evidence of two headers: with and without.*
 *
 * What a platform holds may also shrink from one vote to the next: so it is after a crash, when only its own votes and
 * certificates are left.
 */
export class SlotRules {
  readonly #setting: SlotSetting;
  readonly #stances: Stances;
  readonly #hashes: readonly Hash[];
  readonly #nothingOrOne: readonly (readonly Hash[])[];
  readonly #moves = new Map<number, (readonly Move[] | undefined)[]>();
  readonly #alone = new Map<number, (boolean | undefined)[]>();
  readonly #aloneCrowded = new Map<number, (boolean | undefined)[]>();
  readonly #kept: boolean[] = [];
  #held: CountedHoldings | undefined;

  constructor(setting: SlotSetting, stances: Stances) {
    this.#setting = setting;
    this.#stances = stances;
    this.#hashes = Array.from({ length: setting.blocks }, (_, number) => blockHash(number));
    this.#nothingOrOne = [[], ...this.#hashes.map((hash) => [hash])];
  }

  /** Every vote that a platform of this stance may cast next, whatever has reached it. */
  movesOf(id: number, tally: Tally): readonly Move[] {
    const known = remembered(this.#moves, tally.evidenceKey);
    return known[id] ??= this.#allMoves(id, tally);
  }

  /**
   * Whether a platform of this stance may vote on once all that honest platforms said has reached it and its timer has
   * expired, with nothing from a Byzantine one. Blocks are known where an honest platform prepared them, since that one
   * holds them durably; two known ones are evidence against the leader.
   *
   * `crowded`: before, a Byzantine leader sent everybody two blocks that nobody may vote for. Of others, production then
   * keeps only those that its votes make matter (`SlotRecord.wantsProposal`), and those that the platform prepared itself.
   */
  canMoveAlone(id: number, tally: Tally, crowded: boolean): boolean {
    const known = remembered(crowded ? this.#aloneCrowded : this.#alone, tally.evidenceKey);
    return known[id] ??= this.#moveAlone(id, tally, crowded) !== undefined;
  }

  #allMoves(id: number, tally: Tally): Move[] {
    const { parameters, byzantineLeader } = this.#setting;
    const { quorum, faultTolerance } = parameters;
    const held = this.#holdings(id, tally, faultTolerance, byzantineLeader);
    const certifiable = this.#nothingOrOne.filter(([hash]) => hash === undefined || (tally.prepares[blockNumber(hash)] ?? 0) + faultTolerance >= quorum);
    const moves = new Map<number, Move>();
    for (const votable of this.#nothingOrOne) {
      for (const committable of certifiable) {
        for (const timerExpired of [false, true]) {
          for (const equivocated of byzantineLeader ? [false, true] : [false]) {
            held.sees(votable, committable, timerExpired, equivocated);
            const decision = nextVote(parameters, held, true);
            if (decision === undefined) continue;
            const stance = this.#stances.after(id, decision);
            moves.set(stance, { decision, stance });
          }
        }
      }
    }
    return [...moves.values()];
  }

  #moveAlone(id: number, tally: Tally, crowded: boolean): VoteDecision | undefined {
    const { parameters } = this.#setting;
    const held = this.#holdings(id, tally, 0, false);
    const { first, fallback } = held.own;
    const votable = this.#hashes.filter((hash, number) => {
      const count = tally.prepares[number] ?? 0;
      return count > 0 && (!crowded || hash === first || fallback.has(hash) || this.#isKeptAmongMany(count));
    });
    const committable = this.#hashes.filter((_, number) => (tally.prepares[number] ?? 0) >= parameters.quorum);
    held.sees(votable, committable, true, crowded || votable.length >= 2);
    return nextVote(parameters, held, true);
  }

  /** Whether production keeps a third block of a Byzantine leader that so many others prepared. */
  #isKeptAmongMany(prepares: number): boolean {
    return !this.#setting.dropsThirdBlock && (this.#kept[prepares] ??= keptAmongMany(this.#setting.parameters, prepares));
  }

  #holdings(id: number, tally: Tally, byzantine: number, byzantineLeader: boolean): CountedHoldings {
    const own = this.#stances.ownAt(id);
    this.#held ??= new CountedHoldings(own, tally, this.#setting);
    this.#held.own = own;
    this.#held.voted(tally, tally.leader === undefined ? undefined : this.#stances.at(tally.leader), byzantine, byzantineLeader);
    return this.#held;
  }
}

function keptAmongMany(parameters: QuorumParameters, prepares: number): boolean {
  const record = new SlotRecord(EPOCH, toSlot(SLOT), parameters);
  for (const label of ['useless', 'useless, too']) {
    const { block: useless, ...proposed } = prePrepare(block({ slot: SLOT, label, members: parameters.memberCount }));
    record.addProposal({ ...proposed, block: useless }, false);
  }
  for (let signer = 1; signer <= prepares; signer += 1) record.addVote(prepare(SLOT, signer, blockHash(0)));
  return record.wantsProposal(blockHash(0));
}

function remembered<V>(cache: Map<number, (V | undefined)[]>, key: number): (V | undefined)[] {
  let known = cache.get(key);
  if (known === undefined) {
    known = [];
    cache.set(key, known);
  }
  return known;
}
