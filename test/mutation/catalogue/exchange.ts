import type { Catcher, Mutant } from '../mutant.js';

const ENGINE = 'src/sync/engine.ts';
const REPLICA = 'src/consensus/replica.ts';
const CHAIN_FILE = 'src/validation/committed-chain.ts';
const SYNC: Catcher = { kind: 'specs', files: ['test/unit/sync/service.spec.ts', 'test/unit/sync/slot-state.spec.ts', 'test/unit/sync/catch-up.spec.ts', 'test/unit/sync/restart.spec.ts'] };
const SERVED: Catcher = { kind: 'specs', files: ['test/unit/validation/sync.spec.ts'] };
const SERVING = 'src/sync/serving-budget.ts';
const SERVED_SHARES: Catcher = { kind: 'specs', files: ['test/unit/sync/serving-budget.spec.ts'] };
const INBOUND: Catcher = { kind: 'specs', files: ['test/unit/network/inbound.spec.ts'] };
const ADVANCING: Catcher = { kind: 'specs', files: ['test/unit/consensus/advancing.spec.ts'] };
const EXCHANGE: Catcher = { kind: 'specs', files: ['test/unit/consensus/exchange.spec.ts'] };

/** Re-sending, repair and catching up (sections 4 and 7). */
export const EXCHANGE_MUTANTS: readonly Mutant[] = [
  {
    name: 'no-resending-while-pending',
    rule: 'section 4, re-sending',
    why: 'what gossip lost is lost: work known to few never becomes known',
    patches: [{ file: REPLICA, find: "if (isDue && !isFlowing) this.#do({ type: 'resend' });", replace: "if (isDue && !isFlowing && now.monotonicMs < 0) this.#do({ type: 'resend' });" }],
    catchers: [ADVANCING],
  },
  {
    name: 'no-resending-on-expiry',
    rule: 'section 4, re-sending',
    why: 'when a slot fails nobody repeats what it may have failed for',
    patches: [{ file: REPLICA, find: "leader, timeoutMs } });\n      this.#do({ type: 'resend' });\n", replace: 'leader, timeoutMs } });\n' }],
    catchers: [ADVANCING],
  },
  {
    name: 'execution-overrun',
    rule: 'section 7',
    why: 'a platform that catches up fetches faster than it executes, and keeps what waits in memory or reads it again',
    patches: [{ file: 'src/sync/catch-up.ts', find: 'if (!own.backlogFull) this.#deliver(', replace: 'if (own.durableSequence !== undefined) this.#deliver(' }],
    catchers: [SYNC],
  },
  {
    name: 'own-votes-not-resent',
    rule: 'section 4, re-sending',
    why: 'a vote that was lost once never counts anywhere',
    patches: [{ file: 'src/consensus/exchange.ts', find: ': message.signer === self);', replace: ': message.signer !== self && message.signer === self);' }],
    catchers: [EXCHANGE],
  },
  {
    name: 'proposals-not-resent',
    rule: 'section 4, re-sending',
    why: 'a restarted platform\'s vote comes without the block it is for',
    patches: [{ file: 'src/consensus/exchange.ts', find: "(message.type === 'PRE-PREPARE' ? concerns.has(message.block.hash)", replace: "(message.type === 'PRE-PREPARE' ? concerns.size < 0" }],
    catchers: [EXCHANGE],
  },
  {
    name: 'answers-above-highest-certificate',
    rule: 'section 4, re-sending; draft (i)',
    why: 'answers begin above the asker\'s highest certificate, and of one\'s own only the highest is sent again: gaps below it are never filled (stuck in 43 of 400 runs of a model)',
    patches: [
      {
        file: 'src/sync/server.ts',
        find: 'const above = asker.finalSlot > status.finalSlot ? asker.finalSlot : status.finalSlot;',
        replace: 'const above = Math.max(asker.highestCertificate?.slot ?? -1, asker.finalSlot, status.finalSlot) as Slot;',
      },
      {
        file: 'src/consensus/exchange.ts',
        find: '    for (const message of messagesOf(chain, record)) {\n',
        replace: "    const isHighest = !chain.ascending().some(({ slot, leavable }) => leavable && slot > record.slot);\n"
          + "    for (const message of messagesOf(chain, record).filter(({ type }) => type !== 'CERTIFICATE' || isHighest)) {\n",
      },
    ],
    catchers: [{ kind: 'specs', files: ['test/unit/sync/server.spec.ts', 'test/unit/sync/slot-state.spec.ts'] }],
  },
  {
    name: 'idle-peers-not-asked',
    rule: 'section 7; draft (o)',
    why: 'an idle platform that missed the last block is behind until somebody writes',
    patches: [{ file: ENGINE, find: "      if (peer !== undefined) this.#peers.want(peer, 'STATUS', nowMs);\n    }\n", replace: '    }\n' }],
    catchers: [SYNC],
  },
  {
    name: 'stalls-not-repaired',
    rule: 'section 7',
    why: 'without progress nobody asks for the slot state that would bring it',
    patches: [{ file: ENGINE, find: "      if (this.#own.workPending) this.#wantFromAll('PUSH', nowMs);\n", replace: '' }],
    catchers: [SYNC],
  },
  {
    name: 'missing-blocks-not-fetched',
    rule: 'section 7',
    why: 'votes for a block that did not arrive are of no use',
    patches: [{ file: 'src/consensus/missing-blocks.ts', find: "      yield { type: 'missing-block', slot: record.slot, blockHash };\n", replace: '' }],
    catchers: [EXCHANGE, { kind: 'specs', files: ['test/unit/consensus/slot-record.spec.ts', 'test/unit/consensus/voting-in-slots.spec.ts', 'test/unit/consensus/advancing.spec.ts', 'test/unit/consensus/proposing.spec.ts'] }],
  },
  {
    name: 'equivocation-not-passed-on',
    rule: 'R9',
    why: 'the proof stays with the one platform that saw both headers; the others cannot use Te',
    patches: [{ file: 'src/consensus/intake.ts', find: "    this.#do({ type: 'broadcast', message: evidence });\n", replace: '' }],
    catchers: [{ kind: 'specs', files: ['test/unit/consensus/voting-in-slots.spec.ts', 'test/unit/consensus/proposing.spec.ts', 'test/unit/consensus/exchange.spec.ts'] }],
  },
  {
    name: 'served-links-not-checked',
    rule: 'section 7',
    why: 'blocks served by a peer are taken as final without leading to anything',
    patches: [{ file: CHAIN_FILE, find: '    () => checkLink(block, parent),\n', replace: '' }],
    catchers: [SERVED],
  },
  {
    name: 'served-certificates-not-checked',
    rule: 'section 7; D6',
    why: 'one peer makes up history for a platform that rejoins (the original design\'s block 42)',
    patches: [{ file: CHAIN_FILE, find: '  return checkCertificate(context, certificate);\n', replace: '  return context.quorums.memberCount < 0 ? checkCertificate(context, certificate) : undefined;\n' }],
    catchers: [SERVED],
  },
  {
    name: 'served-blocks-final-unproven',
    rule: 'section 7',
    why: 'blocks beyond the last certificate are taken as final on a peer\'s word',
    patches: [{ file: CHAIN_FILE, find: 'if (committed.certificate !== undefined) provenCount = index + 1;', replace: 'provenCount = index + 1;' }],
    catchers: [SERVED],
  },
  {
    name: 'served-bodies-not-checked',
    rule: 'section 7; D6',
    why: 'a peer serves final headers with other transactions',
    patches: [{ file: CHAIN_FILE, find: '    () => checkBody(context, block),\n', replace: '' }],
    catchers: [SERVED],
  },
  {
    name: 'status-proof-not-checked',
    rule: 'section 7',
    why: 'a peer\'s word of how far it is counts: platforms chase blocks that do not exist',
    patches: [{ file: 'src/validation/status-rules.ts', find: '    () => checkFinalBlock(context, status),\n', replace: '' }],
    catchers: [SERVED],
  },
  {
    name: 'serving-unbounded',
    rule: 'section 8; D8',
    why: 'one member has a platform read and send its chain without end, and nobody refuses it',
    patches: [{ file: SERVING, find: '    if (!bytes.take(0, nowMs) ||', replace: '    if (nowMs < 0 ||' }],
    catchers: [SERVED_SHARES],
  },
  {
    name: 'requests-for-nothing',
    rule: 'section 8; D8',
    why: 'requests that bring nothing take a platform\'s time without end',
    patches: [{ file: SERVING, find: '    if (!work.take(WORK_MS[protocol], nowMs)) return false;\n', replace: '    work.charge(WORK_MS[protocol], nowMs);\n' }],
    catchers: [SERVED_SHARES],
  },
  {
    name: 'repeats-like-new-blocks',
    rule: 'section 8; D8',
    why: 'the same blocks again and again cost a member no more than honest catching up does',
    patches: [{ file: SERVING, find: 'Math.max(0, firstFresh - fromSequence)', replace: 'Math.max(0, Math.min(0, firstFresh - fromSequence))' }],
    catchers: [SERVED_SHARES],
  },
  {
    name: 'answers-for-nothing',
    rule: 'section 8; D8',
    why: 'the bytes of answers are nobody\'s: a request costs its asker the same whatever it brings',
    patches: [{ file: SERVING, find: '    bytes.charge(sizeBytes + count * ITEM_OVERHEAD_BYTES, nowMs);\n', replace: '    bytes.charge(Math.min(sizeBytes, count * ITEM_OVERHEAD_BYTES), nowMs);\n' }],
    catchers: [SERVED_SHARES],
  },
  {
    name: 'requests-read-before-admitted',
    rule: 'section 8; D8',
    why: 'what is refused has been decoded and verified first, which is what it costs',
    patches: [{ file: 'src/sync/service.ts', find: '    this.#server.admit(from, protocol, bytes.byteLength);\n    const request = await this.#accept(protocol, bytes, from);\n', replace: '    const request = await this.#accept(protocol, bytes, from);\n    this.#server.admit(from, protocol, bytes.byteLength);\n' }],
    catchers: [SYNC],
  },
  {
    name: 'busy-counts-as-failure',
    rule: 'section 7',
    why: 'a platform that catches up from a lone busy member waits ever longer, as for one that does not serve',
    patches: [{ file: 'src/sync/catch-up.ts', find: "    if (reason === 'refused') this.#peers.noteBusy(peer, nowMs);\n    else this.#peers.noteFailure(peer, nowMs);\n", replace: "    if (reason === 'refused' && nowMs < 0) this.#peers.noteBusy(peer, nowMs);\n    else this.#peers.noteFailure(peer, nowMs);\n" }],
    catchers: [SERVED_SHARES],
  },
  {
    name: 'snapshot-entries-uncounted',
    rule: 'section 7, snapshots',
    why: 'a platform believes, and serves on, whatever number of entries a manifest says',
    patches: [{ file: 'src/ledger/ledger.ts', find: 'if (count < entryCount) throw', replace: 'if (count < 0) throw' }],
    catchers: [{ kind: 'specs', files: ['test/unit/ledger/snapshot.spec.ts'] }],
  },
  {
    name: 'snapshot-entries-unbounded',
    rule: 'section 7, snapshots',
    why: 'a manifest may promise more entries than its bytes can hold',
    patches: [{ file: 'src/validation/snapshot-rules.ts', find: 'manifest.entryCount > mostEntries', replace: 'manifest.entryCount < 0' }],
    catchers: [{ kind: 'specs', files: ['test/unit/validation/snapshots.spec.ts'] }],
  },
  {
    name: 'busy-chunk-servers-dropped',
    rule: 'section 7, snapshots',
    why: 'a lone member that has no time for a moment ends the fetch of a snapshot',
    patches: [{ file: 'src/sync/snapshot-fetcher.ts', find: "      return error.reason === 'refused' ? 'busy' : undefined;\n", replace: "      return error.reason === 'refused' && index < 0 ? 'busy' : undefined;\n" }],
    catchers: [{ kind: 'specs', files: ['test/unit/sync/snapshots.spec.ts'] }],
  },
  {
    name: 'flood-control-fails-open',
    rule: 'section 8; D8',
    why: 'with another version of a library, in which floods are not seen, a platform runs without any limit',
    patches: [{ file: 'src/network/flood-self-check.ts', find: '  if (first !== undefined) throw', replace: '  if (first !== undefined && unseen.size < 0) throw' }],
    catchers: [{ kind: 'specs', files: ['test/unit/network/flood-self-check.spec.ts'] }],
  },
  {
    name: 'unwatched-connections-kept',
    rule: 'section 8; D8',
    why: 'a connection whose streams and frames cannot be counted floods without limit',
    patches: [{ file: 'src/network/flood-control.ts', find: 'return seesStreams && watchTraffic(', replace: 'return !seesStreams || watchTraffic(' }],
    catchers: [{ kind: 'specs', files: ['test/unit/network/flood-self-check.spec.ts'] }],
  },
  {
    name: 'handshakes-unbounded',
    rule: 'section 8; D8',
    why: 'strangers at many addresses take all of a platform\'s time with halves of handshakes',
    patches: [{ file: 'src/network/inbound.ts', find: '    if (!this.#takeHandshake(host)) return false;\n', replace: '    this.#takeHandshake(host);\n' }],
    catchers: [INBOUND],
  },
  {
    name: 'members-among-strangers',
    rule: 'section 8; D8',
    why: 'strangers use up the handshakes that members need to come back',
    patches: [{ file: 'src/network/inbound.ts', find: 'members.length === 0 ? this.#strangers.take(1, nowMs)', replace: 'members.length >= 0 ? this.#strangers.take(1, nowMs)' }],
    catchers: [INBOUND],
  },
  {
    name: 'early-frames-for-nothing',
    rule: 'section 8; D8',
    why: 'a flood that comes before a busy platform is told of the connection is nobody\'s',
    patches: [{ file: 'src/network/muxer.ts', find: '    if (sizeBytes > 0) this.#report(', replace: '    if (sizeBytes < 0) this.#report(' }],
    catchers: [{ kind: 'specs', files: ['test/integration/network-floods.spec.ts'] }],
  },
  {
    name: 'strangers-admitted',
    rule: 'section 7; D7',
    why: 'an identity outside the federation connects, and its messages use everyone\'s time',
    patches: [{ file: 'src/network/admission.ts', find: '    return this.#set.has(publicKey);\n', replace: '    return this.#set.has(publicKey) || this.#set.size > 0;\n' }],
    catchers: [{ kind: 'specs', files: ['test/unit/network/admission.spec.ts'] }],
  },
];
