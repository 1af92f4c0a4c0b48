import type { Catcher, Mutant } from '../mutant.js';

const RELAYS_FILE = 'src/network/relays.ts';
const RELAYS: Catcher = { kind: 'specs', files: ['test/unit/network/relays.spec.ts'] };
const JUDGEMENTS: Catcher = { kind: 'specs', files: ['test/unit/network/judgements.spec.ts'] };
const FLOODS: Catcher = { kind: 'specs', files: ['test/unit/network/flood-control.spec.ts'] };
const FRAMES: Catcher = { kind: 'specs', files: ['test/unit/network/gossip-frame.spec.ts'] };

const PEER_TRANSACTIONS = 'src/node/peer-transactions.ts';
const TRANSACTIONS: Catcher = { kind: 'specs', files: ['test/unit/node/peer-transactions.spec.ts'] };
const POOL: Catcher = { kind: 'specs', files: ['test/unit/mempool/mempool.spec.ts'] };

/** Relaying, and what one member's gossip may take (section 7). */
export const GOSSIP_MUTANTS: readonly Mutant[] = [
  {
    name: 'relays-by-own-links-only',
    rule: 'section 7, relaying',
    why: 'whoever has all links relays to nobody, though others lack some',
    patches: [{ file: RELAYS_FILE, find: 'return itsReach === undefined ? reach !== undefined : !itsReach.has(from);', replace: 'return itsReach === undefined && reach !== undefined;' }],
    catchers: [RELAYS],
  },
  {
    name: 'relays-by-the-sources-word',
    rule: 'section 7, relaying',
    why: 'a member that denies its links makes all others relay whatever it sends, at their own expense',
    patches: [{ file: RELAYS_FILE, find: 'return itsReach === undefined ? reach !== undefined : !itsReach.has(from);', replace: 'return reach !== undefined || itsReach !== undefined;' }],
    catchers: [RELAYS],
  },
  {
    name: 'relays-by-the-receivers-word',
    rule: 'section 7, relaying',
    why: 'a member that denies its links makes all others relay to it what it has',
    patches: [{ file: RELAYS_FILE, find: 'if (peer === from || reach?.has(peer) === true) return false;', replace: 'if (peer === from) return false;' }],
    catchers: [RELAYS],
  },
  {
    name: 'relays-in-silence',
    rule: 'section 7, relaying',
    why: 'a member that answers no introductions makes others relay',
    patches: [{ file: RELAYS_FILE, find: 'itsReach === undefined ? reach !== undefined :', replace: 'itsReach === undefined ? true :' }],
    catchers: [RELAYS],
  },
  {
    name: 'relays-without-shares',
    rule: 'section 7, relaying: a budget per source',
    why: 'several members that send what they may make an honest relayer send more than it may',
    patches: [{ file: RELAYS_FILE, find: 'RELAYED_SHARE / Math.max(1, memberCount - 2)', replace: 'RELAYED_SHARE' }],
    catchers: [RELAYS],
  },
  {
    name: 'relays-go-round',
    rule: 'section 7, relaying',
    why: 'a judge that takes a payload for new twice keeps it going round in a ring',
    patches: [{ file: RELAYS_FILE, find: 'if (this.#relayed.has(digest)) return false;', replace: 'if (this.#relayed.has(digest) && this.#relayed.size === 0) return false;' }],
    catchers: [RELAYS],
  },
  {
    name: 'unverified-relayed',
    rule: 'section 7, relaying: nothing that its relayer has not verified',
    why: 'what came beside what is valid is passed on, and charged to whoever passes it on',
    patches: [{ file: 'src/network/judgements.ts', find: 'this.#init.accepted(frame.topic, outcome, frame.from);', replace: "this.#init.accepted(frame.topic, { verdict: 'accept', verified: payload }, frame.from);" }],
    catchers: [JUDGEMENTS],
  },
  {
    name: 'rest-of-bad-frame-judged',
    rule: 'section 7: who sends what does not verify is charged',
    why: 'one frame of forged votes costs as many signature checks as fit into it',
    patches: [{ file: 'src/network/judgements.ts', find: '    frame.isRefused = true;\n', replace: '' }],
    catchers: [JUDGEMENTS],
  },
  {
    name: 'frame-judged-in-one-piece',
    rule: 'section 7',
    why: 'a frame full of votes holds up everything else for as long as their signatures take',
    patches: [{ file: 'src/network/judgements.ts', find: 'if (this.#turnMs < MAX_TURN_MS && !', replace: 'if (!' }],
    catchers: [JUDGEMENTS],
  },
  {
    name: 'waiting-without-bound',
    rule: 'section 7',
    why: 'frames that wait to be judged take memory without end',
    patches: [{ file: 'src/network/judgements.ts', find: 'if (waitingBytes > this.#init.maxWaitingBytes) {', replace: 'if (waitingBytes > 1000 * this.#init.maxWaitingBytes) {' }],
    catchers: [JUDGEMENTS],
  },
  {
    name: 'one-allowance-for-all-topics',
    rule: 'section 7',
    why: 'transactions that a member passes on use up what it may say about blocks',
    patches: [{ file: 'src/network/flood-control.ts', find: 'const { messages, bytes } = this.#of(peer).gossip[topic];', replace: "const { messages, bytes } = this.#of(peer).gossip[topic === 'consensus' ? 'transactions' : topic];" }],
    catchers: [FLOODS],
  },
  {
    name: 'empty-payloads-taken',
    rule: 'section 7',
    why: 'thousands of payloads with nothing in them cost their receiver thousands of judgements',
    patches: [{ file: 'src/network/gossip-frame.ts', find: 'prefix.length === 0 || ', replace: '' }],
    catchers: [FRAMES],
  },
  {
    name: 'junk-transactions-blame-nobody',
    rule: 'section 7: who sends what does not verify is charged',
    why: 'a member sends wrong signatures for ever, and each costs a check',
    patches: [{ file: PEER_TRANSACTIONS, find: '    this.#resolve(REJECTED);\n', replace: '    this.#resolve(IGNORED);\n' }],
    catchers: [TRANSACTIONS],
  },
  {
    name: 'rest-of-junk-batch-verified',
    rule: 'section 7',
    why: 'one batch costs as many checks as fit into it, though its sender vouched for something invalid',
    patches: [{ file: PEER_TRANSACTIONS, find: 'if (batch.isRefused || !this', replace: 'if (!this' }],
    catchers: [TRANSACTIONS],
  },
  {
    name: 'known-transactions-relayed-again',
    rule: 'section 7, relaying: once',
    why: 'each copy that comes is passed on again',
    patches: [{ file: PEER_TRANSACTIONS, find: "    if (gate.isKnown(transaction)) {\n", replace: '    if (gate.isKnown(transaction)) {\n      batch.added(bytes);\n' }],
    catchers: [TRANSACTIONS],
  },
  {
    name: 'verification-without-budget',
    rule: 'section 7: work is what is budgeted',
    why: 'valid transactions of throw-away keys take all of a platform\'s time',
    patches: [{ file: PEER_TRANSACTIONS, find: 'if (!this.#mayWork(batch, 1)) return DECODING_WORK;', replace: '' }],
    catchers: [TRANSACTIONS],
  },
  {
    name: 'one-lane-for-all-transactions',
    rule: 'section 7',
    why: 'what a member gossips shuts out what it sends again, which is what repairs',
    patches: [{ file: PEER_TRANSACTIONS, find: 'this.#enqueue(`resent ${from}`,', replace: 'this.#enqueue(`gossiped ${from}`,' }],
    catchers: [TRANSACTIONS],
  },
  {
    name: 'invalid-resent-blames-nobody',
    rule: 'section 7: who sends what does not verify is charged',
    why: 'junk in requests costs checks for ever',
    patches: [{ file: PEER_TRANSACTIONS, find: '    this.#blame(`re-sent transactions: ${message}`);\n', replace: '' }],
    catchers: [TRANSACTIONS],
  },
  {
    name: 'no-share-by-source',
    rule: 'section 4: shares of pending transactions',
    why: 'a member fills the pools of all others with transactions of throw-away keys',
    patches: [{ file: 'src/mempool/mempool.ts', find: 'if (share === undefined || (share.count < freeCount', replace: 'if (share === undefined || freeCount > 0 || (share.count < freeCount' }],
    catchers: [POOL],
  },
  {
    name: 'sources-not-in-turn',
    rule: 'section 4: shares of pending transactions',
    why: 'a member with many keys has nearly all places of each block',
    patches: [{ file: 'src/mempool/selection.ts', find: 'while (turns.length > 0) turns = turns.filter((turn) => turn.next().done !== true);', replace: 'for (const turn of turns) while (turn.next().done !== true);\n    turns = [];' }],
    catchers: [POOL],
  },
  {
    name: 'share-never-given-back',
    rule: 'section 4: shares of pending transactions',
    why: 'what a source used up is never given back, and at last it can send nothing',
    patches: [{ file: 'src/mempool/mempool.ts', find: '    share.removed(transaction);\n', replace: '' }],
    catchers: [POOL],
  },
  {
    name: 'verified-without-room',
    rule: 'section 7: work is what is budgeted',
    why: 'a member whose share is full goes on costing signature checks',
    patches: [{ file: PEER_TRANSACTIONS, find: 'if (!gate.hasRoom(transaction, source)) {', replace: 'if (!gate.hasRoom(transaction, source) && batch.isRefused) {' }],
    catchers: [TRANSACTIONS],
  },
];
