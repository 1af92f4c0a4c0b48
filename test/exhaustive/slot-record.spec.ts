import assert from 'node:assert/strict';
import { markOwn } from '../../src/consensus/ballot.js';
import type { QuorumParameters } from '../../src/consensus/quorum.js';
import { largestFastPath, quorumParameters } from '../../src/consensus/quorum.js';
import { SlotRecord } from '../../src/consensus/slot-record.js';
import type { VoteDecision } from '../../src/consensus/voting.js';
import { nextVote } from '../../src/consensus/voting.js';
import type { Hash } from '../../src/types/ids.js';
import { toSlot } from '../../src/types/ids.js';
import type { Vote } from '../../src/types/messages.js';
import { Random } from '../simulation/random.js';
import { block, commit, EPOCH, prepare, prePrepare, viewChange } from '../unit/consensus/fixtures.js';
import type { SlotSetting } from './slot-rules.js';
import { SlotRules } from './slot-rules.js';
import { blockHash, Stances } from './stances.js';
import { Tally } from './tally.js';

const RUNS = 3000;
const STEPS = 60;

function voteOf(signer: number, decision: VoteDecision): Vote {
  switch (decision.rule) {
    case 'R2': return prepare(0, signer, decision.blockHash);
    case 'R4a':
    case 'R4b': return prepare(0, signer, decision.blockHash, false);
    case 'R3': return viewChange(0, signer);
    case 'R4c': return viewChange(0, signer, decision.blockHash);
    case 'R5': return commit(0, signer, decision.blockHash);
  }
}

/** One honest platform's production record of the slot, and its stance in the model. */
interface Platform {
  readonly signer: number;
  readonly record: SlotRecord;
  stance: number;
}

/** A slot played with production records, votes delivered at random; the model looks on. */
class PlayedSlot {
  readonly setting: SlotSetting;
  readonly platforms: readonly Platform[];
  readonly #parameters: QuorumParameters;
  readonly #random: Random;
  readonly #stances: Stances;
  readonly #rules: SlotRules;
  readonly #tally: Tally;
  readonly #sent: Vote[] = [];
  readonly #byzantine: readonly number[];

  constructor(seed: number) {
    const random = new Random(seed);
    const members = random.integer(4, 7);
    const byzantineLeader = random.chance(0.7);
    this.#parameters = quorumParameters(members, random.pick(['off', ...Array.from({ length: largestFastPath(members) + 1 }, (_, p) => p)]));
    this.setting = { parameters: this.#parameters, blocks: byzantineLeader ? 3 : 1, byzantineLeader, dropsThirdBlock: false };
    this.#random = random;
    this.#stances = new Stances(this.setting.blocks);
    this.#rules = new SlotRules(this.setting, this.#stances);
    this.#tally = new Tally(this.#stances, this.setting.blocks, !byzantineLeader);
    const firstByzantine = byzantineLeader ? 0 : 1;
    const others = Array.from({ length: members }, (_, member) => member);
    this.#byzantine = others.splice(firstByzantine, this.#parameters.faultTolerance);
    this.platforms = others.map((signer) => ({ signer, record: new SlotRecord(EPOCH, toSlot(0), this.#parameters), stance: 0 }));
  }

  get state(): Uint8Array {
    return Uint8Array.from(this.platforms, ({ stance }) => stance);
  }

  /** Something reaches one platform, and it says what it then may. */
  step(): void {
    const platform = this.#random.pick(this.platforms);
    const { record } = platform;
    const portion = this.#random.next();
    for (const vote of this.#sent) if (this.#random.chance(portion)) record.addVote(vote);
    if (this.#random.chance(0.3)) record.addVote(this.#byzantineVote());
    if (this.#random.chance(0.3)) this.#show(record, this.#random.integer(0, this.setting.blocks - 1));
    if (this.#random.chance(0.15)) record.timerExpired = true;
    record.formCertificates();
    this.#speak(platform);
  }

  /** All that honest platforms said, with the blocks they prepared, reaches each of them; timers expire. */
  settle(): void {
    for (let before = -1; before < this.#sent.length;) {
      before = this.#sent.length;
      for (const platform of this.platforms) {
        for (const vote of this.#sent) {
          platform.record.addVote(vote);
          if (vote.type !== 'VIEW-CHANGE') this.#show(platform.record, this.#numberOf(vote.blockHash));
        }
        platform.record.timerExpired = true;
        platform.record.formCertificates();
        this.#speak(platform);
      }
    }
  }

  #speak(platform: Platform): void {
    const { record, signer } = platform;
    for (;;) {
      const decision = nextVote(this.#parameters, record, true);
      if (decision === undefined) return;
      this.#tally.count(this.state);
      const stance = this.#stances.after(platform.stance, decision);
      assert.ok(
        this.#rules.movesOf(platform.stance, this.#tally).some((move) => move.stance === stance),
        `${decision.rule} by a production record is not among the moves of the model`,
      );
      platform.stance = stance;
      const vote = voteOf(signer, decision);
      markOwn(record, vote);
      record.addVote(vote);
      record.formCertificates();
      this.#sent.push(vote);
    }
  }

  #numberOf(hash: Hash): number {
    return [0, 1, 2].findIndex((number) => blockHash(number) === hash);
  }

  #show(record: SlotRecord, number: number): void {
    if (record.proposals.has(blockHash(number))) return;
    const { block: shown, ...proposed } = prePrepare({ ...block({ slot: 0, label: `b${number}` }), hash: blockHash(number) });
    const evidence = record.contradiction({ header: shown.header, blockHash: shown.hash, signature: proposed.signature });
    if (evidence !== undefined) record.equivocation = evidence;
    record.addProposal({ ...proposed, block: shown }, false).votable = true;
  }

  #byzantineVote(): Vote {
    const signer = this.#random.pick(this.#byzantine);
    const hash = blockHash(this.#random.integer(0, this.setting.blocks - 1));
    return this.#random.pick([prepare(0, signer, hash), prepare(0, signer, hash, false), viewChange(0, signer), viewChange(0, signer, hash), commit(0, signer, hash)]);
  }
}

describe('exhaustive: the model of one slot against production slot records', () => {
  it('whatever a production record lets a platform say, the model lets it say, too', () => {
    for (let seed = 1; seed <= RUNS; seed += 1) {
      const slot = new PlayedSlot(seed);
      for (let step = 0; step < STEPS; step += 1) slot.step();
    }
  });

  it('never stuck: once everything between honest platforms arrived and timers expired, somebody holds a certificate to leave the slot with', () => {
    for (let seed = 1; seed <= RUNS; seed += 1) {
      const slot = new PlayedSlot(seed);
      for (let step = seed % STEPS; step > 0; step -= 1) slot.step();
      slot.settle();
      assert.ok(slot.platforms.some(({ record }) => record.leavable), `seed ${seed}: nobody holds a certificate`);
    }
  });
});
