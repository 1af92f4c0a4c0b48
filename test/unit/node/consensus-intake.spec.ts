import assert from 'node:assert/strict';
import type { Judged } from '../../../src/node/consensus-intake.js';
import { ConsensusIntake } from '../../../src/node/consensus-intake.js';
import { encodeConsensusMessage } from '../../../src/codec/wire/messages.js';
import type { Transaction } from '../../../src/types/block.js';
import type { MemberIndex, PublicKeyHex } from '../../../src/types/ids.js';
import { toSlot } from '../../../src/types/ids.js';
import type { ConsensusMessage, Equivocation, PrePrepare } from '../../../src/types/messages.js';
import type { MessageValidator } from '../../../src/validation/message-validator.js';
import { Federation, hashOf } from '../validation/federation.js';

const NOWHERE = toSlot(0);
/** Checks between two turns: 100, and what a slice of 25 or a certificate of 3 may go beyond. */
const MOST_PER_TURN = 126;

/** An intake over a core that says what the test says, on time and turns that the test gives. */
class Desk {
  readonly federation = new Federation(4, { maxBlockBytes: 1 << 20, maxBlockTransactions: 500 });
  readonly validator: MessageValidator = this.federation.validator();
  nowMs = 0;
  wants: (message: ConsensusMessage) => boolean = () => true;
  wantsBlock: (message: PrePrepare) => boolean = () => true;
  evidence: Equivocation | undefined;
  /** Signature checks in each turn of the event loop so far. */
  readonly turns: number[] = [];
  readonly #soon: (() => void)[] = [];
  readonly intake = new ConsensusIntake({
    validator: this.validator,
    core: () => ({ wants: (message) => this.wants(message), wantsBlock: (message) => this.wantsBlock(message), contradiction: () => this.evidence }),
    clock: {
      now: () => ({ monotonicMs: this.nowMs, wallMs: 0 }),
      soon: (run) => {
        this.#soon.push(run);
        return () => undefined;
      },
    },
  });

  get checks(): number {
    return this.federation.verifications;
  }

  member(index: number): PublicKeyHex {
    return this.federation.genesis.membership.members[index as MemberIndex]!.publicKey;
  }

  transactions(count: number, from = 0): Transaction[] {
    return Array.from({ length: count }, (_, index) => this.federation.transaction(from + index));
  }

  proposal(slot: number, transactions: readonly Transaction[]): PrePrepare {
    return this.federation.prePrepare(this.federation.block(slot, transactions));
  }

  /** As it comes over the wire, each time anew. */
  judge(message: ConsensusMessage, from: number): Judged | Promise<Judged> {
    const decoded = this.validator.decode(encodeConsensusMessage(message));
    assert.ok(decoded.ok, 'is well-formed');
    return this.intake.judge(decoded.message, this.member(from), NOWHERE);
  }

  /** One turn of the event loop; false where nothing waits for one. */
  turn(): boolean {
    const due = this.#soon.splice(0);
    const before = this.checks;
    for (const run of due) run();
    if (due.length > 0) this.turns.push(this.checks - before);
    return due.length > 0;
  }

  async verdict(judging: Judged | Promise<Judged>): Promise<string> {
    while (this.turn()) { /* until nothing waits */ }
    const judged = await judging;
    return judged.ok ? 'accept' : `${judged.verdict} ${judged.code}`;
  }
}

/** The last of its transactions is wrongly signed. */
function withBadEnd(transactions: readonly Transaction[]): Transaction[] {
  const last = transactions.at(-1)!;
  const bytes = last.bytes.slice();
  bytes[bytes.length - 1]! ^= 1;
  return [...transactions.slice(0, -1), { ...last, bytes, signature: bytes.subarray(-64) }];
}

describe('consensus messages on their way to the core (section 8, row D8)', () => {
  it('what would change nothing costs no signature check, however often it comes, and blames nobody', async () => {
    const desk = new Desk();
    desk.wants = () => false;
    const far = desk.proposal(1_000_001, desk.transactions(50));
    for (let copy = 0; copy < 1_000; copy += 1) assert.equal(await desk.verdict(desk.judge(far, 1)), 'ignore not-wanted');
    for (let slot = 100; slot < 400; slot += 1) assert.equal(await desk.verdict(desk.judge(desk.federation.prepare(2, slot, hashOf('b')), 2)), 'ignore not-wanted');
    assert.equal(desk.checks, 0);
  });

  it('a full block of fresh signatures is verified in turns of the event loop, none of more than 10 ms', async () => {
    const desk = new Desk();
    const judging = desk.judge(desk.proposal(5, desk.transactions(500)), 1);
    assert.ok(judging instanceof Promise);
    assert.ok(desk.checks <= 18, `${desk.checks} checks before the first turn`);
    assert.equal(await desk.verdict(judging), 'accept');
    assert.ok(desk.turns.length >= 4 && Math.max(...desk.turns) <= MOST_PER_TURN, `turns of ${Math.max(...desk.turns)} checks`);
    assert.equal(desk.checks, 501);
  });

  it('a proposal of few transactions waits for no turn, but not any number of them', () => {
    const desk = new Desk();
    const verdicts = Array.from({ length: 30 }, (_, index) => desk.judge(desk.proposal(5 + 4 * index, desk.transactions(2, 2 * index)), 1));
    assert.ok(!(verdicts[0] instanceof Promise));
    assert.ok(verdicts.at(-1) instanceof Promise);
    assert.ok(desk.checks <= MOST_PER_TURN);
  });

  it('votes wait for no body', () => {
    const desk = new Desk();
    assert.ok(desk.judge(desk.proposal(5, desk.transactions(500)), 1) instanceof Promise);
    const judged = desk.judge(desk.federation.prepare(1, 5, hashOf('b')), 1);
    assert.ok(!(judged instanceof Promise) && judged.ok);
  });

  it('an honest leader\'s body has its turns beside an attacker\'s, of which more than a share is not even queued', async () => {
    const desk = new Desk();
    const heavy = Array.from({ length: 40 }, (_, index) => desk.judge(desk.proposal(5 + 4 * index, desk.transactions(500, 500 * index)), 1));
    const honest = desk.judge(desk.proposal(6, desk.transactions(100, 100_000)), 2);
    const ended: Judged[] = [];
    void Promise.resolve(honest).then((judged) => ended.push(judged));
    for (let turns = 0; ended.length === 0; turns += 1) {
      assert.ok(turns < 40, 'half of every turn is its own');
      desk.turn();
      await Promise.resolve();
    }
    const verdicts = await Promise.all(heavy.map((judging) => desk.verdict(judging)));
    assert.ok(verdicts.includes('ignore proposal-queue-full'));
    assert.equal(await desk.verdict(honest), 'accept');
  });

  it('a body with something wrong in it is known by its hash from then on, whoever brings it', async () => {
    const desk = new Desk();
    const bad = desk.proposal(5, withBadEnd(desk.transactions(100)));
    assert.equal(await desk.verdict(desk.judge(bad, 1)), 'reject transaction-signature');
    const before = desk.checks;
    for (const from of [1, 2, 3]) assert.equal(await desk.verdict(desk.judge(bad, from)), 'reject transaction-signature');
    assert.equal(desk.checks, before);
  });

  it('another body under an honest leader\'s header is its sender\'s fault alone', async () => {
    const desk = new Desk();
    const good = desk.proposal(5, desk.transactions(30));
    const { header, hash } = good.block;
    const foreign = { ...good, block: { ...desk.federation.block(5, desk.transactions(30, 500)), header, hash } };
    assert.equal(await desk.verdict(desk.judge(foreign, 3)), 'reject merkle-root');
    assert.equal(await desk.verdict(desk.judge(good, 1)), 'accept');
  });

  it('a check under way is joined by whoever brings the same block, and goes on in the turns of both', async () => {
    const desk = new Desk();
    const proposal = desk.proposal(5, desk.transactions(300));
    const judging = [1, 2, 3].map((from) => desk.judge(proposal, from));
    assert.deepEqual(await Promise.all(judging.map((each) => desk.verdict(each))), ['accept', 'accept', 'accept']);
    assert.equal(desk.checks, 301);
    // What was found valid is remembered by itself; a wrong signature is looked at once only where the check is one.
    const bad = desk.proposal(9, withBadEnd(desk.transactions(300, 300)));
    const verdicts = await Promise.all([1, 2, 3].map((from) => desk.judge(bad, from)).map((each) => desk.verdict(each)));
    assert.deepEqual(new Set(verdicts), new Set(['reject transaction-signature']));
    assert.equal(desk.checks, 602);
  });

  it('of a proposal whose block does not matter only what matters is verified and taken', async () => {
    const desk = new Desk();
    desk.wantsBlock = () => false;
    const { federation } = desk;
    const block = federation.block(5, desk.transactions(100));
    const parent = federation.prepareCertificate(4, block.header.parentHash);
    const judged = await desk.judge(federation.prePrepare(block, { justification: { parent, skips: [] } }), 1);
    assert.ok(judged.ok && !judged.whole);
    assert.deepEqual(judged.messages.map(({ type }) => type), ['CERTIFICATE']);
    assert.equal(desk.checks, 1 + parent.signatures.length);
    desk.evidence = federation.equivocation(5);
    const convicting = await desk.judge(federation.prePrepare(block), 1);
    assert.ok(convicting.ok && convicting.messages.some(({ type }) => type === 'EQUIVOCATION'));
  });

  it('what became pointless while it waited is dropped', async () => {
    const desk = new Desk();
    const judging = desk.judge(desk.proposal(5, desk.transactions(400)), 1);
    desk.wants = () => false;
    assert.equal(await desk.verdict(judging), 'ignore not-wanted');
    assert.ok(desk.checks <= 18);
  });

  it('a member\'s votes above its share of this platform\'s time are ignored, not those of others, and taken again later', async () => {
    const desk = new Desk();
    const vote = (index: number): ConsensusMessage => desk.federation.prepare(1, index, hashOf('b'));
    let taken = 0;
    while (await desk.verdict(desk.judge(vote(taken), 1)) === 'accept') taken += 1;
    assert.ok(taken >= 8_000 && taken < 8_010, `${taken} were taken`);
    assert.equal(await desk.verdict(desk.judge(vote(taken), 1)), 'ignore throttled-work');
    assert.equal(await desk.verdict(desk.judge(vote(taken), 2)), 'accept');
    desk.nowMs += 10;
    assert.equal(await desk.verdict(desk.judge(vote(taken + 1), 1)), 'accept');
  }).timeout(30_000);

  it('a member\'s proposals above its share are ignored, valid as they are, and its votes are not', async () => {
    const desk = new Desk();
    let checked = 0;
    for (let slot = 5; ; slot += 4) {
      const verdict = await desk.verdict(desk.judge(desk.proposal(slot, desk.transactions(400, 400 * slot)), 1));
      if (verdict === 'ignore throttled-work') break;
      assert.equal(verdict, 'accept');
      checked += 401;
      assert.ok(checked < 4_000, 'it is never throttled');
    }
    assert.ok(checked >= 2_000, `${checked} checks`);
    assert.equal(await desk.verdict(desk.judge(desk.federation.prepare(1, 5, hashOf('b')), 1)), 'accept');
    assert.equal(await desk.verdict(desk.judge(desk.proposal(6, desk.transactions(1)), 2)), 'accept');
  });

  it('stopping leaves nobody waiting', async () => {
    const desk = new Desk();
    const judging = desk.judge(desk.proposal(5, desk.transactions(400)), 1);
    desk.intake.stop();
    assert.equal(await desk.verdict(judging), 'ignore not-wanted');
  });
});
