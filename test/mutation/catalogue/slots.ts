import type { Catcher, Mutant } from '../mutant.js';

const CHAIN = 'src/consensus/chain.ts';
const PACEMAKER = 'src/consensus/pacemaker.ts';
const PROPOSER = 'src/consensus/proposer.ts';
const REPLICA = 'src/consensus/replica.ts';
const INTAKE = 'src/consensus/intake.ts';
const CONSENSUS_INTAKE = 'src/node/consensus-intake.ts';
const CONSENSUS_WORK: Catcher = { kind: 'specs', files: ['test/unit/node/consensus-intake.spec.ts', 'test/simulation/pointless-work.spec.ts'] };
const CHAIN_RULES: Catcher = { kind: 'specs', files: ['test/unit/consensus/chain.spec.ts'] };
const PROPOSING: Catcher = { kind: 'specs', files: ['test/unit/consensus/proposing.spec.ts'] };
const ADVANCING: Catcher = { kind: 'specs', files: ['test/unit/consensus/advancing.spec.ts', 'test/unit/consensus/pacemaker.spec.ts'] };
const SEEDS: Catcher = { kind: 'seeds', from: 1, to: 40 };

/** Justification (J), proposing (R1), finality (R6), advancing (R7), timers, idleness and memory (R8, sections 4 and 8). */
export const SLOT_MUTANTS: readonly Mutant[] = [
  {
    name: 'justified-without-skips',
    rule: 'J',
    why: 'a leader leaves out a final block by naming an older parent',
    patches: [{ file: CHAIN, find: "    if (this.skipsBetween(header.parentSlot, header.slot) === undefined) return { type: 'waiting' };\n", replace: '' }],
    catchers: [SEEDS, CHAIN_RULES],
  },
  {
    name: 'proposing-over-open-slots',
    rule: 'R1',
    why: 'honest leaders build where the slots between are not skipped: nobody may vote for their blocks',
    patches: [{ file: CHAIN, find: '      if (record.viewChangeCertificate === undefined) return undefined;\n', replace: '' }],
    catchers: [PROPOSING, CHAIN_RULES],
  },
  {
    name: 'justified-without-certified-parent',
    rule: 'J',
    why: 'a block on an uncertified parent is voted for; the parent may be skipped, and the branch with it',
    patches: [{ file: CHAIN, find: '    if (record?.blockCertificate(hash) === undefined) return undefined;\n    const proposal = record.proposals.get(hash);', replace: '    const proposal = record?.proposals.get(hash);' }],
    catchers: [SEEDS, CHAIN_RULES],
  },
  {
    name: 'final-parent-not-accepted',
    rule: 'J; draft (d)',
    why: 'a parent known only as final justifies nothing: stuck',
    patches: [{ file: CHAIN, find: 'if (slot === this.#tip.slot && hash === this.#tip.hash) return this.#tip;', replace: 'if (slot === this.#tip.slot && hash === this.#tip.hash && slot < 0) return this.#tip;' }],
    catchers: [CHAIN_RULES],
  },
  {
    name: 'view-not-checked',
    rule: 'J, A2',
    why: 'header and chain disagree about how many slots were skipped',
    patches: [{ file: CHAIN, find: ' && header.view === parent.view + skipped\n', replace: ' && (header.view === parent.view + skipped || skipped >= 0)\n' }],
    catchers: [CHAIN_RULES],
  },
  {
    name: 'built-below-final',
    rule: 'J',
    why: 'a proposal that leaves the final block out waits for ever in memory instead of being discarded',
    patches: [{ file: CHAIN, find: 'if (header.parentSlot < this.#tip.slot || header.nextMembersHash', replace: 'if (header.nextMembersHash' }],
    catchers: [CHAIN_RULES],
  },
  {
    name: 'proposing-after-giving-up',
    rule: 'R1',
    why: 'a leader proposes in a slot that it has given up itself',
    patches: [{ file: PROPOSER, find: "record.ownProposal === undefined && record.own.first !== 'VIEW-CHANGE' && !record.own.viewChangeFallback", replace: 'record.ownProposal === undefined' }],
    catchers: [PROPOSING],
  },
  {
    name: 'proposing-again-on-another-parent',
    rule: 'R1',
    why: 'an honest leader whose optimistic parent was skipped signs a second header for its slot, and convicts itself',
    patches: [
      {
        file: PROPOSER,
        find: '    if (!this.#mayPropose(slot)) return undefined;\n    const parent = this.#chain.parentFor(slot);\n    if (parent === undefined) return undefined;\n    const dueMs',
        replace: '    const parent = this.#chain.parentFor(slot);\n    if (parent === undefined) return undefined;\n    const own = this.#chain.record(slot);\n'
          + '    const earlier = own?.ownProposal === undefined ? undefined : own.proposals.get(own.ownProposal);\n'
          + '    if (earlier === undefined ? !this.#mayPropose(slot) : earlier.block.header.parentHash === parent.hash) return undefined;\n    const dueMs',
      },
      { file: PROPOSER, find: 'if (!inTime || !this.#mayPropose(slot)) return undefined;', replace: "if (!inTime || this.#chain.record(slot)?.own.first === 'VIEW-CHANGE' || !this.#participation.maySignIn(slot)) return undefined;" },
    ],
    catchers: [PROPOSING],
  },
  {
    name: 'building-on-equivocators',
    rule: 'R1, R9',
    why: 'the next leader builds on one of two headers of a known equivocator, and its own slot is lost, too',
    patches: [{ file: PROPOSER, find: ' || equivocators.has(header.proposer)) return undefined;', replace: ' || equivocators.size < 0) return undefined;' }],
    catchers: [PROPOSING],
  },
  {
    name: 'no-optimistic-proposals',
    rule: 'R1, A7',
    why: 'a block every two delays in place of every one',
    patches: [{ file: PROPOSER, find: 'if (slot < this.#pacemaker.current || !this.#mayPropose(slot)', replace: 'if (slot >= 0 || !this.#mayPropose(slot)' }],
    catchers: [PROPOSING],
  },
  {
    name: 'leader-votes-unjustified',
    rule: 'R1, R2; draft (b)',
    why: 'a leader first-votes its optimistic proposal before the parent is certified; where the parent is skipped, all are stuck',
    patches: [{
      file: INTAKE,
      find: "if (message.type === 'PRE-PREPARE') this.#onProposal(message, now, true);\n",
      replace: "if (message.type === 'PRE-PREPARE') {\n      this.#onProposal(message, now, true);\n      const own = this.#chain.record(message.slot)?.proposals.get(message.block.hash);\n      if (own !== undefined) own.votable = true;\n    }\n",
    }],
    catchers: [SEEDS],
  },
  {
    name: 'certified-blocks-left-alone',
    rule: 'section 4; draft (j)',
    why: 'a certified block that R5 forbade to COMMIT never becomes final while nobody writes',
    patches: [{ file: PROPOSER, find: 'return oldestMs === undefined ? undefined : oldestMs + 2 * this.#pacemaker.networkDelayMs;', replace: 'return oldestMs === undefined || oldestMs >= 0 ? undefined : oldestMs;' }],
    catchers: [PROPOSING],
  },
  {
    name: 'ancestors-not-final',
    rule: 'R6',
    why: 'a block that became final through a descendant is left out of the chain',
    patches: [{ file: REPLICA, find: 'const blocks = branch.reverse().map(', replace: 'const blocks = branch.slice(0, 1).map(' }],
    catchers: [{ kind: 'specs', files: ['test/unit/consensus/voting-in-slots.spec.ts', 'test/unit/consensus/advancing.spec.ts', 'test/unit/consensus/restart.spec.ts'] }, SEEDS],
  },
  {
    name: 'conflicting-finality-ignored',
    rule: 'R6',
    why: 'a platform shown proof of a fork goes on as if nothing were',
    patches: [{ file: CHAIN, find: 'if (finality !== undefined) throw new', replace: 'if (finality !== undefined && blocks.length < 0) throw new' }],
    catchers: [CHAIN_RULES, { kind: 'specs', files: ['test/unit/consensus/voting-in-slots.spec.ts'] }],
  },
  {
    name: 'entering-by-a-later-certificate',
    rule: 'R7; draft (c)',
    why: 'platforms leave a slot that can then never be certified or skipped',
    patches: [{
      file: REPLICA,
      find: 'const highestFinal = this.#chain.pendingFinality()[0]?.slot ?? this.#chain.tip.slot;',
      replace: 'const highestFinal = this.#chain.ascending().reverse().find((record) => record.leavable)?.slot ?? this.#chain.tip.slot;',
    }],
    catchers: [ADVANCING],
  },
  {
    name: 'finality-ahead-does-not-advance',
    rule: 'R7',
    why: 'a platform that was away walks through slots that are long decided, and times out in each',
    patches: [{ file: REPLICA, find: 'if (highestFinal >= before) this.#enter', replace: 'if (highestFinal >= before && highestFinal === this.#chain.tip.slot) this.#enter' }],
    catchers: [ADVANCING],
  },
  {
    name: 'skips-not-passed-on',
    rule: 'R7',
    why: 'a VIEW-CHANGE certificate shown to one platform moves it on alone',
    patches: [{ file: INTAKE, find: "if (certificate.kind === 'VIEW-CHANGE' || (certificate.kind === 'PREPARE' && record.timerExpired)) {", replace: "if (certificate.kind === 'PREPARE' && record.timerExpired) {" }],
    catchers: [ADVANCING],
  },
  {
    name: 'late-prepares-not-passed-on',
    rule: 'R7',
    why: 'a PREPARE certificate shown to one platform after the timers expired moves it on alone',
    patches: [{ file: INTAKE, find: "if (certificate.kind === 'VIEW-CHANGE' || (certificate.kind === 'PREPARE' && record.timerExpired)) {", replace: "if (certificate.kind === 'VIEW-CHANGE') {" }],
    catchers: [ADVANCING],
  },
  {
    name: 'timer-cap-removed',
    rule: 'section 4',
    why: 'after a long partition timers last for hours: nothing for as long again once it heals',
    patches: [{ file: PACEMAKER, find: 'return Math.min(Math.ceil(this.#options.slotTimeoutMs * 1.5 ** this.#backoff), this.#options.maxSlotTimeoutMs);', replace: 'return Math.ceil(this.#options.slotTimeoutMs * 1.5 ** this.#backoff);' }],
    catchers: [ADVANCING],
  },
  {
    name: 'timers-do-not-lengthen',
    rule: 'section 4',
    why: 'where messages take longer than T0 no slot is ever decided',
    patches: [{ file: PACEMAKER, find: 'this.#backoff = Math.min(this.#backoff + 1, MAX_BACKOFF);', replace: 'this.#backoff = Math.min(this.#backoff, MAX_BACKOFF);' }],
    catchers: [ADVANCING],
  },
  {
    name: 'presumed-dead-for-ever',
    rule: 'R8',
    why: 'a leader that came back is skipped for ever; with two of them only the timers of others are left',
    patches: [{ file: PACEMAKER, find: '    this.#silentSlots[member] = 0;\n', replace: '' },
      { file: PACEMAKER, find: 'this.#leaderHeard ? 0 : this.#silent(leader) + 1;', replace: 'this.#leaderHeard ? this.#silent(leader) : this.#silent(leader) + 1;' }],
    catchers: [ADVANCING],
  },
  {
    name: 'never-presumed-dead',
    rule: 'R8',
    why: 'every slot of a dead leader costs a whole timer',
    patches: [{ file: PACEMAKER, find: 'return this.#silent(member) >= SILENT_SLOTS_PRESUMED_DEAD;', replace: 'return this.#silent(member) >= SILENT_SLOTS_PRESUMED_DEAD * MAX_BACKOFF;' }],
    catchers: [ADVANCING],
  },
  {
    name: 'repetition-is-a-sign-of-life',
    rule: 'R8',
    why: 'what peers pass on of a dead leader keeps it from being presumed dead',
    patches: [{ file: INTAKE, find: 'if (isNews) this.#pacemaker.heard(message.signer);', replace: 'this.#pacemaker.heard(message.signer);' }],
    catchers: [ADVANCING],
  },
  {
    name: 'unjustified-is-work',
    rule: 'section 4; draft (h)',
    why: 'one Byzantine platform keeps an idle society changing views for ever',
    patches: [{ file: REPLICA, find: '      for (const _ of record.votable()) return true;\n', replace: '      if (record.proposals.size > 0) return true;\n' }],
    catchers: [ADVANCING],
  },
  {
    name: 'unfinal-is-no-work',
    rule: 'section 4 (c)',
    why: 'timers stand still over a certified block that is not final',
    patches: [{ file: REPLICA, find: '      if (record.certified) return true;\n', replace: '' }],
    catchers: [ADVANCING],
  },
  {
    name: 'timer-runs-while-idle',
    rule: 'section 4',
    why: 'an idle society changes views for ever',
    patches: [{ file: REPLICA, find: 'this.#pacemaker.setWorkPending(pending, now.monotonicMs);\n    if (!pending || ', replace: 'this.#pacemaker.setWorkPending(true, now.monotonicMs);\n    if (' }],
    catchers: [ADVANCING],
  },
  {
    name: 'early-messages-dropped',
    rule: 'sections 7 and 8',
    why: 'a vote that overtakes what it is for is lost for good: gossip does not bring it again',
    patches: [{ file: INTAKE, find: '&& slot <= current + SLOT_WINDOW;', replace: '&& slot <= current;' }],
    catchers: [ADVANCING],
  },
  {
    name: 'no-window',
    rule: 'section 8; invariant 8',
    why: 'one member fills every platform\'s memory with votes for slots to come',
    patches: [{ file: INTAKE, find: '&& slot <= current + SLOT_WINDOW;', replace: '&& slot <= current + SLOT_WINDOW * 2 ** 40;' }],
    catchers: [{ kind: 'specs', files: ['test/unit/consensus/restart.spec.ts', 'test/unit/consensus/voting-in-slots.spec.ts', 'test/unit/consensus/exchange.spec.ts', 'test/unit/consensus/advancing.spec.ts'] }],
  },
  {
    name: 'third-header-dropped',
    rule: 'section 8; draft (e)',
    why: 'with three headers of one leader at n = 7 the platforms cannot help one another: stuck',
    patches: [{ file: 'src/consensus/slot-record.ts', find: 'return this.proposals.size < 2 || this.#isSupported(hash);', replace: 'return this.proposals.size < 2;' }],
    catchers: [{ kind: 'specs', files: ['test/unit/consensus/slot-record.spec.ts'] }],
  },
  {
    name: 'every-header-kept',
    rule: 'section 8; invariant 8',
    why: 'one leader fills every platform\'s memory with bodies',
    patches: [{ file: 'src/consensus/slot-record.ts', find: 'return this.proposals.size < 2 || this.#isSupported(hash);', replace: 'return true;' }],
    catchers: [{ kind: 'specs', files: ['test/unit/consensus/slot-record.spec.ts', 'test/unit/consensus/hostile.spec.ts'] }],
  },
  {
    name: 'one-prepare-a-member',
    rule: 'section 8; draft (e)',
    why: 'of a platform that rightly PREPARED several blocks of an equivocating leader only the first counts: stuck at n = 10',
    patches: [{ file: 'src/consensus/slot-record.ts', find: 'if (signer.prepareCount >= this.#maxPreparesPerSigner) return false;', replace: 'if (signer.prepareCount >= 1) return false;' }],
    catchers: [{ kind: 'specs', files: ['test/unit/consensus/slot-record.spec.ts'] }],
  },
  {
    name: 'unwanted-messages-verified',
    rule: 'section 8; row D8',
    why: 'a member that pushes thousands of votes for slots far away has each signature checked, and takes a core',
    patches: [{ file: CONSENSUS_INTAKE, find: '    if (!this.#options.core().wants(message, reached)) return NOT_WANTED;\n', replace: '' }],
    catchers: [CONSENSUS_WORK],
  },
  {
    name: 'bodies-of-unwanted-blocks-verified',
    rule: 'section 8; row D8',
    why: 'a leader hangs a body of a thousand throw-away transactions on each new certificate, in a block that nobody keeps',
    patches: [{ file: CONSENSUS_INTAKE, find: 'core().wantsBlock(message, reached) ? validator.examine(message) : validator.examineHead(message)', replace: 'core().wantsBlock(message, reached) ? validator.examine(message) : validator.examine(message)' }],
    catchers: [CONSENSUS_WORK],
  },
  {
    name: 'bodies-in-one-piece',
    rule: 'row D8',
    why: 'a full block of fresh signatures holds up votes, pings and status for a tenth of a second and more',
    patches: [{ file: CONSENSUS_INTAKE, find: 'this.#step(examination, from, WORK_PER_SLICE)', replace: 'this.#step(examination, from, Infinity)' }],
    catchers: [CONSENSUS_WORK],
  },
  {
    name: 'bad-bodies-forgotten',
    rule: 'row D8',
    why: 'a leader sends a body whose last signature is wrong again and again, and all the others are checked each time',
    patches: [{ file: 'src/validation/body-verdicts.ts', find: '    this.#known.set(hash, run.verdict);\n', replace: '' }],
    catchers: [CONSENSUS_WORK],
  },
  {
    name: 'bad-bodies-blamed-on-the-hash',
    rule: 'section 6',
    why: 'anybody sends an honest leader\'s header with another body first, and the block is refused for good',
    patches: [{
      file: 'src/validation/block-rules.ts',
      find: '  if (foreign !== undefined) return foreign;\n  return yield* context.bodies.steps(block.hash, () => contentSteps(context, block, leaves));',
      replace: '  return yield* context.bodies.steps(block.hash, function* () {\n    return foreign ?? (yield* contentSteps(context, block, leaves));\n  });',
    }],
    catchers: [CONSENSUS_WORK],
  },
  {
    name: 'checks-under-way-not-joined',
    rule: 'row D8',
    why: 'each of n-1 members that pass a block on makes it be verified once more',
    patches: [{ file: 'src/validation/body-verdicts.ts', find: 'if (running !== undefined) return running;', replace: 'if (running === undefined) this.#running.clear();' }],
    catchers: [CONSENSUS_WORK],
  },
  {
    name: 'work-not-charged',
    rule: 'row D8',
    why: 'a member has as much verified as its messages and bytes allow, and that is more than a core',
    patches: [{ file: CONSENSUS_INTAKE, find: '    this.#messages.charge(from, work);', replace: '    this.#messages.charge(from, work - work);' }],
    catchers: [CONSENSUS_WORK],
  },
  {
    name: 'bodies-not-charged',
    rule: 'row D8',
    why: 'a member takes a core with proposals of its own turns',
    patches: [{ file: CONSENSUS_INTAKE, find: '    this.#proposals.charge(from, work);', replace: '    this.#proposals.charge(from, work - work);' }],
    catchers: [CONSENSUS_WORK],
  },
  {
    name: 'transactions-of-blocks-displace-clients',
    rule: 'row D8',
    why: 'a leader\'s throw-away transactions push those of the mempool out of memory, and honest blocks cost all their signatures anew',
    patches: [{ file: 'src/validation/transaction-validator.ts', find: 'return this.#check(transaction, leafHash, this.#validInBlocks);', replace: 'return this.#check(transaction, leafHash, this.#valid);' }],
    catchers: [{ kind: 'specs', files: ['test/unit/validation/transactions.spec.ts'] }],
  },
  {
    name: 'pushes-not-charged',
    rule: 'row D8',
    why: 'requests full of messages that nobody keeps are decoded one after another, a tenth of a second each',
    patches: [{ file: 'src/codec/wire/sync.ts', find: '  admit?.(slots.messages.length);\n', replace: '' }],
    catchers: [{ kind: 'specs', files: ['test/unit/sync/service.spec.ts'] }],
  },
];
