import type { Catcher, Mutant } from '../mutant.js';

const RESTART_FILE = 'src/consensus/restart.ts';
const PARTICIPATION = 'src/consensus/participation.ts';
const GUARD = 'src/storage/vote-guard.ts';
const VOTE_STORE = 'src/storage/vote-store.ts';
const LEVEL_LOG = 'src/storage/level-log.ts';
const COUNTER = 'src/storage/batch-counter.ts';
const SEALED = 'src/storage/sealed-store.ts';
const DRIVER: Catcher = { kind: 'specs', files: ['test/unit/consensus/consensus-driver.spec.ts'] };
const RESTART: Catcher = { kind: 'specs', files: ['test/unit/consensus/restart.spec.ts'] };
const VOTING: Catcher = { kind: 'specs', files: ['test/unit/consensus/voting-in-slots.spec.ts'] };
const STORE: Catcher = { kind: 'specs', files: ['test/unit/storage/store-contract.spec.ts'] };
const DAMAGE: Catcher = { kind: 'specs', files: ['test/unit/storage/damage.spec.ts'] };
const LOST_LOG: Catcher = { kind: 'specs', files: ['test/unit/storage/batch-counter.spec.ts', 'test/unit/storage/lost-log.spec.ts'] };
const KEPT = 'src/node/kept-transactions.ts';
const KEPT_SPEC: Catcher = { kind: 'specs', files: ['test/unit/node/kept-transactions.spec.ts'] };
const NEWEST_DAMAGED: Catcher = { kind: 'specs', files: ['test/unit/node/damaged-newest-block.spec.ts'] };
const WRITE_BEHIND: Catcher = { kind: 'specs', files: ['test/unit/ledger/write-behind.spec.ts'] };
const SEEDS: Catcher = { kind: 'seeds', from: 1, to: 40 };

/** What is durable before what is said, and what is known again after a restart (section 5, R10). */
export const DURABILITY_MUTANTS: readonly Mutant[] = [
  {
    name: 'send-before-persist',
    rule: 'section 5',
    why: 'a platform that loses power has said what it does not remember',
    patches: [{
      file: 'src/node/consensus-driver.ts',
      find: '          this.#commit(records, this.#takeWaiting());\n',
      replace: '          this.#runAll(this.#takeWaiting());\n          while (this.#waiting.length > 0 && recordsOf(this.#waiting).length === 0) this.#runAll(this.#takeWaiting());\n          this.#commit(records, []);\n',
    }],
    catchers: [SEEDS, DRIVER],
  },
  {
    name: 'failed-write-ignored',
    rule: 'section 5',
    why: 'a platform with a full disk goes on voting from memory',
    patches: [{ file: 'src/node/consensus-driver.ts', find: '      if (error !== undefined) {\n        this.#fail(error);\n        return;\n      }\n', replace: '' }],
    catchers: [DRIVER],
  },
  {
    name: 'vote-not-persisted',
    rule: 'section 5',
    why: 'after a restart a platform votes again, otherwise (amnesia)',
    patches: [{ file: 'src/consensus/ballot.ts', find: "    persist({ type: 'vote', vote });\n", replace: '' }],
    catchers: [SEEDS, VOTING],
  },
  {
    name: 'vote-signed-before-its-record',
    rule: 'section 5',
    why: 'the order of effects lets the vote go out before it is durable',
    patches: [{
      file: 'src/consensus/ballot.ts',
      find: "    persist({ type: 'vote', vote });\n    effects.push({ type: 'sign', statement: vote });\n",
      replace: "    effects.push({ type: 'sign', statement: vote });\n    persist({ type: 'vote', vote });\n",
    }],
    catchers: [VOTING],
  },
  {
    name: 'body-not-persisted',
    rule: 'section 5',
    why: 'everyone who voted for a block may restart, and nobody has it any more',
    patches: [{ file: 'src/consensus/ballot.ts', find: 'if (proposal !== undefined && !proposal.durable) {', replace: 'if (proposal !== undefined && !proposal.durable && slotOnly(record) < 0) {' },
      { file: 'src/consensus/ballot.ts', find: '/** Records an own vote, cast now or reloaded after a restart. */', replace: 'const slotOnly = ({ slot }: SlotRecord): number => slot;\n' }],
    catchers: [SEEDS, VOTING],
  },
  {
    name: 'basis-not-persisted',
    rule: 'sections 5 and 10',
    why: 'a platform cannot show the evidence that its vote names',
    patches: [{ file: 'src/consensus/ballot.ts', find: "if (basisBytes !== undefined && vote.type !== 'COMMIT') {", replace: "if (basisBytes !== undefined && vote.type !== 'COMMIT' && record.slot < 0) {" }],
    catchers: [SEEDS, VOTING],
  },
  {
    name: 'justification-not-durable',
    rule: 'section 5; draft (a)',
    why: 'a VIEW-CHANGE certificate given to one platform, which votes on it and restarts, is lost: stuck for ever',
    patches: [{
      file: 'src/consensus/intake.ts',
      find: "    this.#do({ type: 'persist', record: { type: 'certificate', certificate } });\n",
      replace: "    if (certificate.kind !== 'VIEW-CHANGE') this.#do({ type: 'persist', record: { type: 'certificate', certificate } });\n",
    }],
    catchers: [SEEDS, VOTING],
  },
  {
    name: 'prepare-certificate-not-durable',
    rule: 'section 5',
    why: 'a COMMIT outlives the certificate that it rests on',
    patches: [{
      file: 'src/consensus/intake.ts',
      find: "    this.#do({ type: 'persist', record: { type: 'certificate', certificate } });\n",
      replace: "    if (certificate.kind !== 'PREPARE') this.#do({ type: 'persist', record: { type: 'certificate', certificate } });\n",
    }],
    catchers: [SEEDS, VOTING],
  },
  {
    name: 'votes-in-memory-only',
    rule: 'section 5, restart',
    why: 'a platform votes anew in a slot in which it has voted (Tendermint ADR-056)',
    patches: [
      { file: RESTART_FILE, find: 'if (vote.slot > tip.slot && vote.signer === self) markOwn(', replace: 'if (vote.slot < tip.slot && vote.signer === self) markOwn(' },
      { file: RESTART_FILE, find: 'if (vote.slot > tip.slot) yield vote;', replace: 'if (vote.slot < tip.slot) yield vote;' },
    ],
    catchers: [RESTART, SEEDS],
  },
  {
    name: 'votes-not-repeated',
    rule: 'section 5, restart',
    why: 'after a power loss of all, nobody counts what everybody said, and nobody may say it anew: stuck',
    patches: [{ file: RESTART_FILE, find: '  for (const vote of durable.votes) if (vote.slot > tip.slot) yield vote;\n', replace: '' }],
    catchers: [RESTART, SEEDS],
  },
  {
    name: 'certificates-not-reloaded',
    rule: 'section 5, restart; draft (a)',
    why: 'a vote survives a restart, what justifies it does not',
    patches: [{ file: RESTART_FILE, find: '    if (certificate.slot <= tip.slot) continue;\n', replace: '    if (certificate.slot <= tip.slot || certificate.slot >= 0) continue;\n' }],
    catchers: [RESTART],
  },
  {
    name: 'proposing-twice-after-restart',
    rule: 'R1, section 5',
    why: 'an honest leader that restarts in its slot signs a second header, and convicts itself',
    patches: [{ file: RESTART_FILE, find: '  for (const { slot, blockHash } of durable.proposed) if (slot > tip.slot) chain.recordFor(slot).ownProposal = blockHash;\n', replace: '' }],
    catchers: [RESTART],
  },
  {
    name: 'signing-at-or-below-final',
    rule: 'section 5, floor',
    why: 'a restarted platform signs anew in slots whose votes it has forgotten',
    patches: [{ file: PARTICIPATION, find: "return this.#mode === 'voting' && slot > this.#floor;", replace: "return this.#mode === 'voting' && (slot > this.#floor || slot >= 0);" }],
    catchers: [VOTING],
  },
  {
    name: 'no-comparison-after-restart',
    rule: 'section 5, restart',
    why: 'a restored snapshot votes before any peer could tell it what it has forgotten',
    patches: [{ file: PARTICIPATION, find: "this.#mode = voteStoreLost ? 'observing' : 'comparing';", replace: "this.#mode = voteStoreLost ? 'observing' : 'voting';" }],
    catchers: [RESTART],
  },
  {
    name: 'lost-votes-not-noticed',
    rule: 'R10',
    why: 'a platform shown a vote of its own that it does not have goes on voting: two votes in one slot',
    patches: [{ file: PARTICIPATION, find: '    this.observe();\n    return true;\n', replace: '    return false;\n' }],
    catchers: [RESTART],
  },
  {
    name: 'votes-in-certificates-not-noticed',
    rule: 'R10',
    why: 'where the others restarted, too, certificates are all that shows a platform what it has forgotten',
    patches: [{ file: 'src/consensus/intake.ts', find: "const isForgotten = this.checkRemembered(certificate.slot, { type: 'CERTIFICATE', certificate });", replace: 'const isForgotten = false;' }],
    catchers: [RESTART],
  },
  {
    name: 'recovery-margin-of-four',
    rule: 'R10; draft (f)',
    why: 'platforms vote ahead of the slot they are in: a recovered one votes twice in a slot, a fork was constructed',
    patches: [{ file: PARTICIPATION, find: 'const RECOVERY_MARGIN_SLOTS = 8;', replace: 'const RECOVERY_MARGIN_SLOTS = 4;' }],
    catchers: [RESTART],
  },
  {
    name: 'recovery-on-too-few-answers',
    rule: 'R10',
    why: 'with one answer in place of Q, S may be that of a platform that was cut off',
    patches: [{ file: PARTICIPATION, find: 'if (this.#answers.size < this.#parameters.quorum) return;', replace: 'if (this.#answers.size < 1) return;' }],
    catchers: [RESTART],
  },
  {
    name: 'observers-count-as-answers',
    rule: 'R10',
    why: 'platforms that lost their votes together let one another back in',
    patches: [{ file: 'src/consensus/replica.ts', find: 'if (!input.observing) this.#participation.answer', replace: 'this.#participation.answer' }],
    catchers: [RESTART],
  },
  {
    name: 'sealed-marker-ignored',
    rule: 'R10',
    why: 'a database that was deleted or rolled back starts voting as if it were new',
    patches: [{ file: VOTE_STORE, find: "const state = markedLost || loss !== undefined ? 'lost'", replace: "const state = markedLost ? 'lost'" }],
    catchers: [DAMAGE],
  },
  {
    name: 'loss-forgotten-at-restart',
    rule: 'R10',
    why: 'a platform that only observes votes again after being restarted',
    patches: [{ file: VOTE_STORE, find: 'const markedLost = (await store.get(LOST)) !== undefined;', replace: 'const markedLost = (await store.get(LOST)) !== undefined && known === undefined;' }],
    catchers: [STORE, DAMAGE],
  },
  {
    name: 'loss-not-written-down',
    rule: 'R10',
    why: 'a store that was rolled back counts as whole again at the restart after which it has as many batches as before',
    patches: [{ file: VOTE_STORE, find: "state === 'lost' ? [{ key: LOST", replace: "state === 'lost' && markedLost ? [{ key: LOST" }],
    catchers: [LOST_LOG],
  },
  {
    name: 'count-of-batches-ignored',
    rule: 'R10',
    why: 'votes of this session go with LevelDB\'s log, and the marker is of its beginning',
    patches: [{ file: VOTE_STORE, find: 'isCounted ? counted.count : 0', replace: 'isCounted ? 0 : 0' }],
    catchers: [LOST_LOG],
  },
  {
    name: 'batches-not-counted-while-running',
    rule: 'R10',
    why: 'the same: the count stays that of the start',
    patches: [{ file: SEALED, find: 'const waiting = this.#counter?.told(number + 1);', replace: 'const waiting = number < 0 ? this.#counter?.told(number + 1) : undefined;' }],
    catchers: [LOST_LOG],
  },
  {
    name: 'missing-count-ignored',
    rule: 'R10',
    why: 'who deletes the count beside the marker takes what the marker of a running platform rests on',
    patches: [{ file: VOTE_STORE, find: "return isCounted ? logFault : '", replace: "return isCounted || durable > 0 ? logFault : '" }],
    catchers: [LOST_LOG],
  },
  {
    name: 'unsynced-batches-counted',
    rule: 'R10',
    why: 'a power loss undoes what was pruned, and the platform believes that votes are lost: all observe, nobody may vote',
    patches: [{ file: SEALED, find: "if (stream !== 'consensus' || !sync) return;", replace: "if (stream !== 'consensus') return;" }],
    catchers: [LOST_LOG],
  },
  {
    name: 'count-lags-without-bound',
    rule: 'R10',
    why: 'on a slow disk any number of votes could be forgotten and not be missed',
    patches: [{ file: COUNTER, find: 'if (count - this.#synced >= MAX_UNCOUNTED_BATCHES) return', replace: 'if (count < 0) return' }],
    catchers: [LOST_LOG],
  },
  {
    name: 'count-written-over',
    rule: 'R10',
    why: 'a power loss in the middle of a count leaves none, and votes count as lost that are there',
    patches: [{ file: COUNTER, find: 'this.#place = (this.#place + 1) % PLACES;', replace: 'this.#place = this.#place % PLACES;' }],
    catchers: [LOST_LOG],
  },
  {
    name: 'damaged-log-ignored',
    rule: 'R10',
    why: 'LevelDB drops the last record of its log without a word where a bit of it was flipped',
    patches: [{ file: LEVEL_LOG, find: 'endsInZeros(log, offset, end) ? undefined : offset', replace: 'endsInZeros(log, 0, end) || fits ? offset : undefined' }],
    catchers: [LOST_LOG],
  },
  {
    name: 'sessions-begin-with-nothing',
    rule: 'R10',
    why: 'an emptied log cannot be told from one into which nothing was written yet',
    patches: [{
      file: VOTE_STORE,
      find: "    await store.write('consensus', { sync: true }, () => [{ key: STORE_ID, value: Buffer.from(storeId, 'latin1') }, ...isLost]);\n",
      replace: "    if (known === undefined || isLost.length > 0) await store.write('consensus', { sync: true }, () => [{ key: STORE_ID, value: Buffer.from(storeId, 'latin1') }, ...isLost]);\n",
    }],
    catchers: [LOST_LOG],
  },
  {
    name: 'torn-record-is-damage',
    rule: 'R10',
    why: 'after a power loss of all, all believe that they lost votes, and nobody may vote',
    patches: [{ file: LEVEL_LOG, find: 'if (end > log.byteLength) break;', replace: 'if (end > log.byteLength) return offset;' }],
    catchers: [LOST_LOG],
  },
  {
    name: 'vote-guard-off',
    rule: 'section 5; invariant 3',
    why: 'a defect of the core becomes a double vote instead of a stop',
    patches: [{ file: GUARD, find: '    if (objection !== undefined) throw conflict(own, objection);\n', replace: '' }],
    catchers: [STORE],
  },
  {
    name: 'vote-guard-overwrites',
    rule: 'section 5; invariant 3',
    why: 'another first vote replaces the one on disk',
    patches: [{ file: GUARD, find: '      if (sameStatement(earlier, vote)) return false;\n      throw', replace: '      if (sameStatement(earlier, vote)) return false;\n      if (kind < 0) throw' }],
    catchers: [STORE],
  },
  {
    name: 'proposal-guard-off',
    rule: 'R1; invariant 7',
    why: 'a second header is written over the first',
    patches: [{ file: GUARD, find: '    if (own.proposed !== undefined) throw', replace: '    if (own.proposed !== undefined && slot < 0) throw' }],
    catchers: [STORE],
  },
  {
    name: 'votes-written-without-sync',
    rule: 'section 5',
    why: 'a power loss takes votes that were sent',
    patches: [{ file: 'src/storage/consensus-log.ts', find: "await this.#store.write('consensus', { sync: true }, async () => {", replace: "await this.#store.write('consensus', { sync: false }, async () => {" }],
    catchers: [DAMAGE],
  },
  {
    name: 'leveldb-without-sync',
    rule: 'section 5',
    why: 'the same, in the adapter to the database: no test with a simulated disk can see it',
    patches: [{ file: 'src/storage/level-byte-store.ts', find: 'await batch.write({ sync: options.sync });', replace: 'await batch.write({ sync: false });' }],
    catchers: [{ kind: 'specs', files: ['test/unit/storage/level-byte-store.spec.ts'] }],
  },
  {
    name: 'final-fork-written',
    rule: 'invariant 1',
    why: 'a defect of the core becomes a fork on disk instead of a stop',
    patches: [{ file: 'src/storage/consensus-log.ts', find: '    if (block.header.parentHash !== tipHash) {\n', replace: "    if (block.header.parentHash !== tipHash && tipHash === '') {\n" }],
    catchers: [STORE],
  },
  {
    name: 'lost-batch-not-noticed',
    rule: 'section 5',
    why: 'LevelDB drops a damaged record of its log silently, and a batch of votes with it',
    patches: [{ file: 'src/storage/sealed-store.ts', find: 'if (!contiguous) throw', replace: 'if (!contiguous && numbers.length === 0) throw' }],
    catchers: [DAMAGE],
  },
  {
    name: 'checksums-not-checked',
    rule: 'section 5',
    why: 'a flipped bit turns one vote into another',
    patches: [{ file: 'src/storage/sealed-store.ts', find: 'if (stored !== checksumOf(key, value)) throw', replace: 'if (stored !== checksumOf(key, value) && value.length < 0) throw' }],
    catchers: [DAMAGE],
  },
  {
    name: 'votes-deleted-too-early',
    rule: 'section 5; section 10',
    why: 'a late COMMIT is no longer compared with what was said before',
    patches: [{ file: 'src/storage/consensus-log.ts', find: 'if (this.#forgotten === undefined || compareSlots(position, this.#forgotten) > 0) return;', replace: 'if (this.#forgotten === undefined || compareSlots(position, this.#forgotten) > -2) return;' }],
    catchers: [STORE],
  },
  {
    name: 'floor-of-damaged-blocks-ignored',
    rule: 'section 5, restart',
    why: 'a platform whose newest final blocks are damaged signs again in their slots, where it does not know any more what it saw',
    patches: [{ file: 'src/consensus/replica.ts', find: 'options.voteStoreLost, durable.floorSlot ?? durable.finalTip.slot,', replace: 'options.voteStoreLost, durable.finalTip.slot,' }],
    catchers: [NEWEST_DAMAGED],
  },
  {
    name: 'votes-in-damaged-slots-not-repeated',
    rule: 'section 5, restart',
    why: 'a block that was final at one platform only, and is damaged there, never becomes final again for want of its vote',
    patches: [{ file: 'src/storage/recovery.ts', find: 'votes: votes.filter(({ entry }) => isAbove(entry, whole)).map(', replace: 'votes: votes.filter(({ entry }) => isAbove(entry, tip)).map(' }],
    catchers: [NEWEST_DAMAGED],
  },
  {
    name: 'damaged-platform-is-witness',
    rule: 'R10',
    why: 'who lost its vote store believes one that has lost certificates about how far it may have voted',
    patches: [{ file: 'src/consensus/replica.ts', find: ' && this.#chain.tip.slot >= (this.#durable.floorSlot ?? this.#durable.finalTip.slot);', replace: ';' }],
    catchers: [NEWEST_DAMAGED],
  },
  {
    name: 'pending-forgotten-at-stop',
    rule: 'section 4, work is pending',
    why: 'what a client was told to be accepted is gone after a restart, and nobody says so',
    patches: [{ file: KEPT, find: 'const pending = [...mempool.localPending()]', replace: 'const pending = [...mempool.localPending()].slice(0, 0)' }],
    catchers: [KEPT_SPEC],
  },
  {
    name: 'half-restored-forgotten',
    rule: 'section 4, work is pending',
    why: 'a platform that is stopped while it takes them in again forgets the rest',
    patches: [{ file: KEPT, find: '.concat(this.#waiting);', replace: '.concat(this.#waiting.slice(0, 0));' }],
    catchers: [KEPT_SPEC],
  },
  {
    name: 'answers-before-the-loss-count',
    rule: 'R10',
    why: 'a platform that loses its votes again comes back by answers of before, when it had voted less',
    patches: [{ file: PARTICIPATION, find: '    this.#answers.clear();\n', replace: '' }],
    catchers: [RESTART],
  },
  {
    name: 'last-possible-vote-kept',
    rule: 'R10',
    why: 'the same, where enough had answered: S is of before the loss',
    patches: [{ file: PARTICIPATION, find: '    this.#answers.clear();\n    this.#lastPossibleVote = undefined;\n', replace: '    this.#answers.clear();\n' }],
    catchers: [RESTART],
  },
  {
    name: 'checksums-without-the-key',
    rule: 'section 5',
    why: 'a value that turns up under another key is taken for its own',
    patches: [{ file: SEALED, find: 'return crc32(key, value.byteLength === 0 ? 0 : crc32(value));', replace: 'return crc32(value) + 0 * key.length;' }],
    catchers: [DAMAGE],
  },
  {
    name: 'journal-only-counts',
    rule: 'section 5',
    why: 'once the ring is full a lost batch leaves as many numbers as there have to be',
    patches: [{ file: SEALED, find: ' && numbers.every((number) => number > highest - expected);', replace: ';' }],
    catchers: [DAMAGE],
  },
  {
    name: 'deleted-votes-unknown-at-load',
    rule: 'section 5',
    why: 'after a restart a vote is added in a slot whose own votes were deleted, and nothing compares them',
    patches: [{
      file: 'src/storage/consensus-log.ts', find: 'this.#forgotten = tip === undefined ? undefined : voteLimitOf(tip);', replace: 'this.#forgotten = undefined;',
    }],
    catchers: [DAMAGE],
  },
  {
    name: 'parent-slot-of-served-blocks-ignored',
    rule: 'section 7',
    why: 'served blocks link to a parent in another slot than the one that is final here',
    patches: [{ file: 'src/validation/committed-chain.ts', find: ' || header.parentSlot !== parent.slot) {', replace: ') {' }],
    catchers: [{ kind: 'specs', files: ['test/unit/validation/sync.spec.ts'] }],
  },
  {
    name: 'batch-under-way-not-read',
    rule: 'section 6',
    why: 'execution reads what the state was before the batch of blocks that is being written',
    patches: [{ file: 'src/ledger/write-behind.ts', find: 'return change === undefined ? stored[index] : change.value;', replace: 'return stored[index] ?? change?.value;' }],
    catchers: [WRITE_BEHIND],
  },
  {
    name: 'written-after-a-lost-batch',
    rule: 'section 5',
    why: 'blocks are executed on a state that lacks the batch before',
    patches: [{ file: 'src/ledger/write-behind.ts', find: '    if (this.#failure !== undefined) throw this.#failure.error;\n', replace: '' }],
    catchers: [WRITE_BEHIND],
  },
  {
    name: 'accounts-of-another-state-kept',
    rule: 'section 6; section 7, Snapshots',
    why: 'after a snapshot was taken in, nonces are judged by the state before it, and the platforms\' states part',
    patches: [{ file: 'src/ledger/ledger.ts', find: '    this.#accounts.forget();\n', replace: '' }],
    catchers: [{ kind: 'specs', files: ['test/unit/ledger/snapshot.spec.ts'] }],
  },
];
