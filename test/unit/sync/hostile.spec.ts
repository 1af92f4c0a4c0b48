import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SyncEngine } from '../../../src/sync/engine.js';
import type { SyncAnswer, SyncEffect, SyncInput } from '../../../src/sync/events.js';
import { DEFAULT_SYNC_SETTINGS } from '../../../src/sync/settings.js';
import { GENESIS_SEQUENCE, GENESIS_SLOT, toSequence, toSlot, ZERO_HASH } from '../../../src/types/ids.js';
import type { ConsensusMessage, Verified } from '../../../src/types/messages.js';
import type { CommittedBlock, Status } from '../../../src/types/sync.js';
import { certificateFor, chainOf, EPOCH, hashOf, peerNamed, prepareFor } from './fake-chain.js';

const chains = [chainOf(80), chainOf(80, () => ({ branch: 'other' })), chainOf(80, (sequence) => ({ skipped: sequence % 3, certified: sequence % 7 === 0 }))];
const peers = ['a', 'b', 'c', 'd'].map(peerNamed);

/** Anything that may come in, in a form that a seed can shrink. */
const step = fc.record({
  kind: fc.constantFrom('connect', 'disconnect', 'own', 'status', 'answer', 'misanswer', 'fail', 'behind', 'missing', 'resend', 'tick', 'deadline'),
  peer: fc.nat(3), chain: fc.nat(2), at: fc.nat(79), length: fc.nat(60), claim: fc.oneof(fc.nat(100), fc.constant(2 ** 52)),
  flag: fc.boolean(), pick: fc.nat(30), waitMs: fc.oneof(fc.constant(0), fc.nat(500), fc.nat(20_000)),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function statusOf({ chain, at, claim }: Step): Verified<Status> {
  const block = chains[chain]![at]!;
  return {
    epoch: EPOCH, finalSlot: block.block.header.slot, finalSequence: toSequence(claim), finalHash: block.block.hash,
    finalityCertificate: certificateFor(block.block), highestCertificate: undefined, currentSlot: toSlot(claim), observing: false,
  } as Status as Verified<Status>;
}

function answerOf(request: Extract<SyncEffect, { type: 'request' }>, given: Step): SyncAnswer {
  const isBlocks = (request.plan.type === 'BLOCKS') === (given.kind === 'answer');
  if (!isBlocks) {
    const type = request.plan.type === 'STATUS' ? 'STATUS' : 'SLOTS';
    return { type, status: statusOf(given), messages: [prepareFor(chains[given.chain]![given.at]!, given.peer)] as Verified<ConsensusMessage>[] };
  }
  const from = request.plan.type === 'BLOCKS' && given.flag ? request.plan.fromSequence : given.at;
  const blocks = chains[given.chain]!.slice(from, from + given.length);
  const end = given.pick % 5 === 0 ? 0 : blocks.length;
  return { type: 'BLOCKS', finalSequence: toSequence(given.claim), firstSequence: toSequence(given.pick), proven: blocks.slice(0, end) as Verified<CommittedBlock>[], unproven: blocks.slice(end) };
}

describe('sync: hostile and disordered input (SPEC sections 7 and 8)', () => {
  it('never throws, keeps its bounds, delivers only linked blocks, and always has a deadline to come', () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
      let nowMs = 0;
      let own: CommittedBlock | undefined;
      const open = new Map<number, Extract<SyncEffect, { type: 'request' }>>();
      const position = (workPending: boolean) => ({
        epoch: EPOCH, finalSlot: own?.block.header.slot ?? GENESIS_SLOT, finalSequence: own?.block.header.sequence ?? GENESIS_SEQUENCE,
        finalHash: own?.block.hash ?? ZERO_HASH, durableSequence: own?.block.header.sequence ?? GENESIS_SEQUENCE,
        currentSlot: toSlot((own?.block.header.slot ?? -1) + 1), workPending, stateMissing: false, backlogFull: false,
      });
      const engine = new SyncEngine({ own: position(false), others: peers, nowMs });
      let tipHash: string = ZERO_HASH;
      let compared = 0;

      const take = (input: SyncInput): void => {
        for (const effect of engine.step(input, nowMs)) {
          if (effect.type === 'request') open.set(effect.requestId, effect);
          if (effect.type === 'compared') compared += 1;
          if (effect.type === 'deliver-blocks') {
            for (const { block } of effect.blocks) {
              assert.equal(block.header.parentHash, tipHash);
              tipHash = block.hash;
            }
            own = effect.blocks.at(-1);
          }
        }
        // The core digests at once.
        if (own !== undefined && own.block.header.sequence > engine.progress().finalSequence) take({ type: 'own-position', own: position(false) });
      };

      take({ type: 'tick' });
      for (const given of steps) {
        nowMs += given.waitMs;
        const peer = peers[given.peer]!;
        const requests = [...open.values()];
        const request = requests[given.pick % Math.max(1, requests.length)];
        switch (given.kind) {
          case 'connect': take({ type: 'peer-connected', peer }); break;
          case 'disconnect': take({ type: 'peer-disconnected', peer }); break;
          case 'own': take({ type: 'own-position', own: position(given.flag) }); break;
          case 'status': take({ type: 'peer-status', peer, status: statusOf(given) }); break;
          case 'answer':
          case 'misanswer':
            // Answered requests stay known here: late and repeated answers come, too.
            take(request === undefined ? { type: 'tick' } : { type: 'answered', requestId: request.requestId, answer: answerOf(request, given) });
            break;
          case 'fail': take({ type: 'failed', requestId: request?.requestId ?? given.pick, reason: given.flag ? 'invalid' : 'unreachable', detail: 'x' }); break;
          case 'behind': take({ type: 'behind', certificate: certificateFor(chains[given.chain]![given.at]!.block) }); break;
          case 'missing': take({ type: 'missing-block', slot: toSlot(given.claim), blockHash: hashOf(String(given.pick)) }); break;
          case 'resend': take({ type: 'resend' }); break;
          case 'tick': take({ type: 'tick' }); break;
          case 'deadline':
            nowMs = Math.max(nowMs, engine.deadlineMs ?? nowMs);
            take({ type: 'tick' });
            break;
        }
        const progress = engine.progress();
        assert.ok(engine.deadlineMs !== undefined && engine.deadlineMs > nowMs, 'no deadline, or one that has passed: a host would spin');
        assert.ok(progress.outstandingRequests <= peers.length * (1 + DEFAULT_SYNC_SETTINGS.maxOutstandingRangesPerPeer));
        assert.ok(progress.remaining >= (progress.catchingUp ? 1 : 0));
        assert.ok(progress.bufferedBytes <= DEFAULT_SYNC_SETTINGS.maxBufferedBytes + 2 * DEFAULT_SYNC_SETTINGS.maxRangeBytes);
        assert.ok(compared <= 1);
      }
    }), { numRuns: 500, seed: 20261122 });
  });

  it('takes no more peers than its bound', () => {
    const engine = new SyncEngine({
      own: { epoch: EPOCH, finalSlot: GENESIS_SLOT, finalSequence: GENESIS_SEQUENCE, finalHash: ZERO_HASH, durableSequence: GENESIS_SEQUENCE, currentSlot: toSlot(0), workPending: false, stateMissing: false, backlogFull: false },
      others: [], nowMs: 0,
    });
    for (let peer = 0; peer < 2 * DEFAULT_SYNC_SETTINGS.maxPeers; peer += 1) engine.step({ type: 'peer-connected', peer: peerNamed(String(peer)) }, 0);
    assert.equal(engine.progress().connectedPeers, DEFAULT_SYNC_SETTINGS.maxPeers);
    assert.equal(engine.progress().outstandingRequests, DEFAULT_SYNC_SETTINGS.maxPeers);
  });
});
