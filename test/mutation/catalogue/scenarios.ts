import type { Mutant } from '../mutant.js';

const CHAIN = 'src/consensus/chain.ts';
const SLOT_RECORD = 'src/consensus/slot-record.ts';

/**
 * Weakenings as drafts of this protocol, other protocols, or the original design had them. The scenarios of test/scenario
 * that name them must notice.
 */
export const SCENARIO_MUTANTS: readonly Mutant[] = [
  {
    name: 'locks-across-slots',
    rule: 'section 3: no lock crosses slots',
    why: 'a platform that gave a COMMIT votes for nothing but descendants of that block: two such platforms wait for each other for ever (IBFT)',
    patches: [{
      file: CHAIN,
      find: "    if (header.timestampMs === parent.timestampMs + 1) return { type: 'votable' };\n",
      replace: "    const branch = this.branch(header.parentSlot, header.parentHash) ?? [];\n"
        + "    for (const { slot, own } of this.#records.values()) if (slot < header.slot && own.commit !== undefined && branch.every(({ hash }) => hash !== own.commit)) return { type: 'waiting' };\n"
        + "    if (header.timestampMs === parent.timestampMs + 1) return { type: 'votable' };\n",
    }],
    catchers: [],
  },
  {
    name: 'two-prepares-a-member',
    rule: 'section 8; draft (e)',
    why: 'of a platform that rightly PREPARED three blocks of an equivocating leader two count: stuck at n = 10',
    patches: [{ file: SLOT_RECORD, find: 'if (signer.prepareCount >= this.#maxPreparesPerSigner) return false;', replace: 'if (signer.prepareCount >= 2) return false;' }],
    catchers: [],
  },
  {
    name: 'no-second-thoughts',
    rule: 'R4a',
    why: 'whoever timed out cannot join those that first-voted, who cannot take that back: stuck',
    patches: [{ file: 'src/consensus/voting.ts', find: "if (own.first !== 'VIEW-CHANGE') return undefined;\n  for", replace: "if (own.first !== 'VIEW-CHANGE' || held.timerExpired) return undefined;\n  for" }],
    catchers: [],
  },
  {
    name: 'skips-kept-private',
    rule: 'R7; section 4, re-sending',
    why: 'a VIEW-CHANGE certificate shown to one platform stays with it: those that need it are left behind',
    patches: [
      { file: 'src/consensus/intake.ts', find: "if (certificate.kind === 'VIEW-CHANGE' || (certificate.kind === 'PREPARE' && record.timerExpired)) {", replace: "if (certificate.kind === 'PREPARE' && record.timerExpired) {" },
      { file: 'src/consensus/exchange.ts', find: '...record.certificates().map(', replace: "...record.certificates().filter(({ kind }) => kind !== 'VIEW-CHANGE').map(" },
      { file: 'src/consensus/exchange.ts', find: 'highestCertificate: highest?.certificates().at(-1),', replace: "highestCertificate: highest?.certificates().filter(({ kind }) => kind !== 'VIEW-CHANGE').at(-1)," },
    ],
    catchers: [],
  },
  {
    name: 'slots-left-alone',
    rule: 'R7, R3',
    why: 'platforms leave a slot on their own timer alone, without a certificate and without joining others: after a partition they are slots apart',
    patches: [
      {
        file: 'src/consensus/replica.ts',
        find: 'while (this.#chain.record(this.#pacemaker.current)?.leavable === true) {',
        replace: 'while (this.#chain.record(this.#pacemaker.current)?.leavable === true || this.#chain.record(this.#pacemaker.current)?.timerExpired === true) {',
      },
      { file: 'src/consensus/voting.ts', find: 'return held.timerExpired || othersGaveUp ?', replace: 'return held.timerExpired ?' },
    ],
    catchers: [],
  },
  {
    name: 'final-blocks-not-served',
    rule: 'section 7',
    why: 'a platform that was away never gets what was decided meanwhile',
    patches: [{ file: 'src/sync/server.ts', find: 'const maxCount = Math.min(request.maxCount, this.#limits.maxBlocksCount);', replace: 'const maxCount = Math.min(request.maxCount, 0);' }],
    catchers: [],
  },
  {
    name: 'window-above-final',
    rule: 'section 8',
    why: 'after 64 skipped slots votes for the current one are dropped: stuck',
    patches: [{ file: 'src/consensus/intake.ts', find: '&& slot <= current + SLOT_WINDOW;', replace: '&& slot <= this.#chain.tip.slot + SLOT_WINDOW;' }],
    catchers: [],
  },
  {
    name: 'leader-never-moves-on',
    rule: 'section 1, slots',
    why: 'view changes do not move the turn on: a crashed proposer is asked for ever',
    patches: [{ file: 'src/consensus/quorum.ts', find: 'return toMemberIndex(slot % memberCount);', replace: 'return toMemberIndex(Math.floor(slot / 1_000_000) % memberCount);' }],
    catchers: [],
  },
  {
    name: 'transactions-not-resent',
    rule: 'section 4, re-sending',
    why: 'work that gossip lost stays known to one platform, and the others\' timers do not run for it',
    patches: [{ file: 'src/sync/service.ts', find: 'transactions: plan.push ? core.pendingTransactions', replace: 'transactions: plan.push && core.workPending === undefined ? core.pendingTransactions' }],
    catchers: [],
  },
  {
    name: 'votes-kept-as-a-list',
    rule: 'section 2, counting',
    why: 'one PREPARE sent three times is a quorum',
    patches: [
      { file: SLOT_RECORD, find: 'return (vote.first ? tally?.first : tally?.fallback)?.has(vote.signer) !== true;', replace: 'return tally === undefined || tally.first.size >= 0;' },
      { file: SLOT_RECORD, find: '(vote.first ? first : fallback).set(vote.signer, vote);', replace: '(vote.first ? first : fallback).set((vote.signer + 1000 * signer.prepareCount) as MemberIndex, vote);' },
    ],
    catchers: [],
  },
  {
    name: 'votes-before-proposal-dropped',
    rule: 'sections 7 and 8',
    why: 'a vote that overtakes its proposal is lost',
    patches: [{ file: 'src/consensus/intake.ts', find: 'if (record?.addVote(vote) !== true) return false;', replace: "if (vote.type !== 'VIEW-CHANGE' && record?.proposals.has(vote.blockHash) !== true) return false;\n    if (record?.addVote(vote) !== true) return false;" }],
    catchers: [],
  },
  {
    name: 'two-headers-not-noticed',
    rule: 'R9',
    why: 'a leader that signs two headers is never found out',
    patches: [{ file: SLOT_RECORD, find: '      if (block.hash === seen.blockHash) continue;\n', replace: '      if (block.hash.length === seen.blockHash.length) continue;\n' }],
    catchers: [],
  },
  {
    name: 'headers-of-final-slots-forgotten',
    rule: 'R9',
    why: 'whoever has a block final before the equivocator\'s other one arrives has nothing to compare it with',
    patches: [{ file: 'src/consensus/intake.ts', find: '      this.#late.remember(record);\n', replace: '' }],
    catchers: [],
  },
  {
    name: 'contradicted-proposal-kept-quiet',
    rule: 'R9',
    why: 'the one that was shown another block than became final is the only one that could have told',
    patches: [{ file: 'src/consensus/intake.ts', find: "for (const proposal of record.proposals.values()) this.#do({ type: 'broadcast', message: prePrepareOf(this.#chain, proposal) });", replace: '' }],
    catchers: [],
  },
  {
    name: 'pruned-blocks-waited-for',
    rule: 'section 7, Snapshots',
    why: 'a platform that needs a block which nobody has any more asks for it for ever',
    patches: [{ file: 'src/sync/catch-up.ts', find: 'return pruned.length > 0 && ahead.every(', replace: 'return pruned.length > ahead.length && ahead.every(' }],
    catchers: [],
  },
  {
    name: 'snapshot-root-not-compared',
    rule: 'section 7, Snapshots',
    why: 'a liar gives a returning platform the state that it likes',
    patches: [{ file: 'src/ledger/ledger.ts', find: 'if (root !== stateRoot) throw', replace: 'if (root.length !== stateRoot.length) throw' }],
    catchers: [],
  },
  {
    name: 'spent-transactions-kept',
    rule: 'section 7, Snapshots; section 4',
    why: 'what became final in blocks for which a snapshot stands is pending for ever, or final a second time',
    patches: [{ file: 'src/node/spent-transactions.ts', find: "if (verdict !== 'free') spent.push(id);", replace: "if (verdict === 'nonce-too-old') spent.push(id);" }],
    catchers: [],
  },
  {
    name: 'spent-review-after-snapshots-only',
    rule: 'section 4; invariant 9',
    why: 'a platform that was restarted is given an old final transaction and has work pending for ever, alone',
    patches: [{ file: 'src/node/participant.ts', find: 'this.#spent.review(resent);', replace: 'if (this.#parts.store.blocks.firstSequence() > 0) this.#spent.review(resent);' }],
    catchers: [],
  },
  {
    name: 'unread-final-blocks-ignored',
    rule: 'section 4; section 6',
    why: 'a copy of a final transaction that arrives before it is executed is pending again, and is proposed once more',
    patches: [{ file: 'src/mempool/mempool.ts', find: '    this.markFinal(this.#unread.take());\n', replace: '' }],
    catchers: [],
  },
  {
    name: 'forgotten-copies-taken',
    rule: 'section 4; section 6',
    why: 'a copy of a transaction that has been final for long is pending again, and is proposed once more',
    patches: [{ file: 'src/node/participant.ts', find: '(sender, nonce) => ledger.checkNonce(sender, nonce)', replace: '() => undefined' }],
    catchers: [],
  },
];
