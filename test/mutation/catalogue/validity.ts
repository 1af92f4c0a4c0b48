import type { Catcher, Mutant } from '../mutant.js';

const CHAIN = 'src/consensus/chain.ts';
const BLOCK_RULES = 'src/validation/block-rules.ts';
const CHAIN_RULES: Catcher = { kind: 'specs', files: ['test/unit/consensus/chain.spec.ts'] };
const CLOCKS: Catcher = { kind: 'specs', files: ['test/simulation/clocks.spec.ts'] };
const PROPOSALS: Catcher = { kind: 'specs', files: ['test/unit/validation/proposals.spec.ts'] };
const CHECKPOINTS: Catcher = { kind: 'specs', files: ['test/unit/consensus/checkpoints.spec.ts'] };
const STATE_ROOT: Catcher = { kind: 'specs', files: ['test/unit/ledger/state-trie.spec.ts', 'test/unit/ledger/leaves.spec.ts'] };
const EXECUTION = 'src/ledger/block-execution.ts';
const MEMPOOL_FILE = 'src/mempool/mempool.ts';
const MEMPOOL: Catcher = { kind: 'specs', files: ['test/unit/mempool/mempool.spec.ts'] };
const LEDGER: Catcher = { kind: 'specs', files: ['test/unit/ledger/nonce-window.spec.ts', 'test/unit/ledger/ledger.spec.ts'] };

/** Validity of blocks, execution and checkpoints (section 6). */
export const VALIDITY_MUTANTS: readonly Mutant[] = [
  {
    name: 'timestamps-may-go-back',
    rule: 'section 6',
    why: 'a leader writes any time it likes below its parent\'s',
    patches: [{ file: CHAIN, find: ' && header.timestampMs > parent.timestampMs;', replace: ';' }],
    catchers: [CHAIN_RULES],
  },
  {
    name: 'timestamps-may-run-ahead',
    rule: 'section 6',
    why: 'a leader writes a time far ahead, and all later blocks must follow it',
    patches: [{ file: CHAIN, find: "return aheadMs > 0 ? { type: 'early', aheadMs } : { type: 'votable' };", replace: "return aheadMs > Number.MAX_SAFE_INTEGER ? { type: 'early', aheadMs } : { type: 'votable' };" }],
    catchers: [CHAIN_RULES],
  },
  {
    name: 'early-timestamps-wait-for-the-clock-alone',
    rule: 'section 6',
    why: 'clocks set back stop the chain for as long as they were ahead, and so does a genesis dated ahead',
    patches: [{ file: CHAIN, find: 'if (header.timestampMs === parent.timestampMs + 1) return', replace: 'if (header.timestampMs === parent.timestampMs) return' }],
    catchers: [CHAIN_RULES, CLOCKS],
  },
  {
    name: 'timestamps-of-the-clock-alone',
    rule: 'R1, timestamp',
    why: 'a leader whose clock was set back proposes what its parent makes invalid, in each of its turns',
    patches: [{ file: 'src/consensus/proposer.ts', find: 'timestampMs: Math.max(parent.timestampMs + 1, now.wallMs),', replace: 'timestampMs: now.wallMs,' }],
    catchers: [CLOCKS],
  },
  {
    name: 'early-timestamps-rejected',
    rule: 'section 6',
    why: 'at the edge some platforms reject for good what others accept: validity is no longer the same for all',
    patches: [{ file: CHAIN, find: "return aheadMs > 0 ? { type: 'early', aheadMs } : { type: 'votable' };", replace: "return aheadMs > 0 ? { type: 'invalid' } : { type: 'votable' };" }],
    catchers: [CHAIN_RULES],
  },
  {
    name: 'merkle-root-not-checked',
    rule: 'section 6',
    why: 'one header has two bodies: platforms agree on the hash and execute different transactions',
    patches: [{ file: BLOCK_RULES, find: 'if (merkleRootOfLeafHashes(digests) !== header.merkleRoot) {', replace: "if (merkleRootOfLeafHashes(digests) === '') {" }],
    catchers: [PROPOSALS],
  },
  {
    name: 'merkle-leaves-and-nodes-alike',
    rule: 'section 6',
    why: 'an inner node passes for a transaction in a proof (second preimage)',
    patches: [{ file: 'src/crypto/merkle.ts', find: 'const NODE_TAG = 0x01;', replace: 'const NODE_TAG = 0x00;' }],
    catchers: [{ kind: 'specs', files: ['test/unit/crypto/hash.spec.ts', 'test/unit/codec/golden.spec.ts'] }],
  },
  {
    name: 'merkle-odd-leaf-duplicated',
    rule: 'section 6',
    why: 'two lists of transactions have one root (CVE-2012-2459)',
    patches: [{ file: 'src/crypto/merkle.ts', find: 'above.push(right === undefined ? left : nodeHash(left, right));', replace: 'above.push(nodeHash(left, right ?? left));' }],
    catchers: [{ kind: 'specs', files: ['test/unit/crypto/hash.spec.ts', 'test/unit/codec/golden.spec.ts'] }],
  },
  {
    name: 'transactions-of-a-block-not-bounded',
    rule: 'section 6, maxBlockTransactions',
    why: 'a leader fills a block with small transactions of throw-away keys: seconds of signature checks at every platform',
    patches: [{ file: BLOCK_RULES, find: 'if (envelopes.length > maxBlockTransactions) {', replace: 'if (envelopes.length < 0) {' }],
    catchers: [PROPOSALS],
  },
  {
    name: 'transactions-of-an-encoded-block-not-bounded',
    rule: 'section 6, maxBlockTransactions',
    why: 'all envelopes of a proposal are taken apart and hashed before anybody asks how many there may be',
    patches: [{ file: 'src/codec/block.ts', find: 'if (header.transactionCount > limits.maxBlockTransactions) {', replace: 'if (header.transactionCount < 0) {' }],
    catchers: [{ kind: 'specs', files: ['test/unit/codec/hostile-input.spec.ts'] }],
  },
  {
    name: 'block-size-not-checked',
    rule: 'section 6; D8',
    why: 'a leader makes everyone store and pass on what no limit allows',
    patches: [{ file: BLOCK_RULES, find: 'if (sizeBytes > maxBlockBytes) {', replace: 'if (sizeBytes < 0) {' }],
    catchers: [PROPOSALS],
  },
  {
    name: 'transaction-twice-in-block',
    rule: 'section 6',
    why: 'a leader fills blocks with one client\'s transaction',
    patches: [{ file: BLOCK_RULES, find: 'if (ids.has(id)) return reject(', replace: 'if (ids.size < 0) return reject(' }],
    catchers: [PROPOSALS],
  },
  {
    name: 'transaction-signatures-not-checked',
    rule: 'section 6',
    why: 'a leader writes transactions in anybody\'s name',
    patches: [{ file: BLOCK_RULES, find: '    if (failure !== undefined) return failure;\n    meter.add(RECALL_WORK);', replace: '    meter.add(failure === undefined ? RECALL_WORK : 0);' }],
    catchers: [PROPOSALS],
  },
  {
    name: 'header-hash-not-checked',
    rule: 'section 2',
    why: 'the hash that is voted for is not that of the header that is built on',
    patches: [{ file: BLOCK_RULES, find: 'if (blockHash(header) !== claimedHash) return', replace: "if (blockHash(header) === '') return" }],
    catchers: [PROPOSALS, { kind: 'specs', files: ['test/unit/validation/sync.spec.ts'] }],
  },
  {
    name: 'replays-take-effect',
    rule: 'section 6',
    why: 'anyone repeats a client\'s transaction, and it is executed again',
    patches: [{ file: 'src/ledger/nonce-window.ts', find: "return this.#isMarked(age) ? 'nonce-used' : 'free';", replace: "return this.#isMarked(age) && age < 0 ? 'nonce-used' : 'free';" }],
    catchers: [LEDGER],
  },
  {
    name: 'failed-transactions-leave-effects',
    rule: 'section 6',
    why: 'a transaction that fails half-way changes the state',
    patches: [{ file: EXECUTION, find: 'if (verdict.ok) for (', replace: 'if (verdict.ok || state.writes.length > 0) for (' }],
    catchers: [LEDGER],
  },
  {
    name: 'failures-leave-nonces-free',
    rule: 'section 6',
    why: 'a payment that failed for want of funds is paid when somebody sends its bytes again later',
    patches: [{ file: EXECUTION, find: 'await application.knows(sender, state);', replace: 'await application.knows(sender, state) && nonce < 0;' }],
    catchers: [LEDGER],
  },
  {
    name: 'failing-strangers-get-accounts',
    rule: 'section 6',
    why: 'whoever has keys to throw away fills the state of an application that admits only those it knows',
    patches: [{
      file: EXECUTION, find: 'await application.knows(sender, state);', replace: '(await application.knows(sender, state) || nonce >= 0);',
    }],
    catchers: [LEDGER],
  },
  {
    name: 'success-does-not-replace-failure',
    rule: 'section 6',
    why: 'a transaction that took effect is told to have failed, as it did before in the same batch of blocks',
    patches: [{ file: 'src/ledger/ledger.ts', find: 'if (receipt.ok || isFirst) kept', replace: 'if (isFirst) kept' }],
    catchers: [LEDGER],
  },
  {
    name: 'failed-ones-taken-again',
    rule: 'section 6; section 4',
    why: 'a failed transaction that a client sends again is pending at one platform, for ever: the others know it to be final',
    patches: [{ file: MEMPOOL_FILE, find: "if (fate === 'final' || (", replace: "if ((fate === 'final' && source.kind === 'member') || (" }],
    catchers: [MEMPOOL],
  },
  {
    name: 'lone-leaves-hashed-again',
    rule: 'section 6, state root',
    why: 'the root depends on how the state came about, and platforms with the same state have different ones',
    patches: [{ file: 'src/ledger/state-trie/page.ts', find: "    if (left === 'empty') return right;\n", replace: "    if (left === 'empty') return right === 'leaf' && index > 8 ? 'node' : right;\n" }],
    catchers: [STATE_ROOT],
  },
  {
    name: 'older-leaf-of-a-key-taken',
    rule: 'section 6, state root',
    why: 'of a key that changed twice the root shows the former value',
    patches: [{ file: 'src/ledger/state-trie/leaves.ts', find: 'compareKeys(all, left, right) || left - right', replace: 'compareKeys(all, left, right) || right - left' }],
    catchers: [STATE_ROOT],
  },
  {
    name: 'lower-nonces-overtaken',
    rule: 'section 6; section 4',
    why: 'under load transactions that were taken fail, since higher nonces of their sender are used first',
    patches: [{ file: MEMPOOL_FILE, find: 'if (nonce - lowest >= maxNonceSpan) {', replace: 'if (nonce - lowest >= maxNonceSpan + maxPerAccount) {' }],
    catchers: [MEMPOOL],
  },
  {
    name: 'divergence-ignored',
    rule: 'section 6; invariant 6',
    why: 'a platform whose state is wrong goes on serving it',
    patches: [{ file: 'src/consensus/checkpoints.ts', find: 'if (ownRoot !== undefined && ownRoot !== stateRoot) outcomes.push', replace: 'if (ownRoot !== undefined && ownRoot === stateRoot && proof.length === 0) outcomes.push' }],
    catchers: [CHECKPOINTS],
  },
  {
    name: 'checkpoint-of-too-few',
    rule: 'section 6',
    why: 'one member\'s state root becomes the stable one',
    patches: [{ file: 'src/consensus/checkpoints.ts', find: 'if (proof.length < this.#parameters.quorum) continue;', replace: 'if (proof.length < 1) continue;' }],
    catchers: [CHECKPOINTS],
  },
];
