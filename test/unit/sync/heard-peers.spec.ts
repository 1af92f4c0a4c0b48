import assert from 'node:assert/strict';
import { SyncEngine } from '../../../src/sync/engine.js';
import type { OwnPosition } from '../../../src/sync/events.js';
import { GENESIS_SEQUENCE, GENESIS_SLOT, toSlot, ZERO_HASH } from '../../../src/types/ids.js';
import type { Verified } from '../../../src/types/messages.js';
import type { Status } from '../../../src/types/sync.js';
import { chainOf, EPOCH, peerNamed } from './fake-chain.js';

const [A, B] = [peerNamed('a'), peerNamed('b')];
const OWN: OwnPosition = {
  epoch: EPOCH, finalSlot: GENESIS_SLOT, finalSequence: GENESIS_SEQUENCE, finalHash: ZERO_HASH, durableSequence: GENESIS_SEQUENCE,
  currentSlot: toSlot(0), workPending: false, stateMissing: false, backlogFull: false,
};

describe('sync: of whom it is known where they stand (section 7)', () => {
  const tip = chainOf(5).at(-1)!;
  const { slot, sequence } = tip.block.header;
  const status = {
    epoch: EPOCH, finalSlot: slot, finalSequence: sequence, finalHash: tip.block.hash, currentSlot: toSlot(slot + 1),
    finalityCertificate: tip.certificate, highestCertificate: undefined, observing: false,
  } as Status as Verified<Status>;

  it('a peer counts once it has said so since it connected: in that moment it is known whether this platform is behind', () => {
    const engine = new SyncEngine({ own: OWN, others: [A, B], nowMs: 0 });
    const counts = (): readonly [number, number, boolean] => {
      const { connectedPeers, heardPeers, catchingUp } = engine.progress();
      return [connectedPeers, heardPeers, catchingUp];
    };
    engine.step({ type: 'peer-connected', peer: A }, 0);
    engine.step({ type: 'peer-connected', peer: B }, 0);
    assert.deepEqual(counts(), [2, 0, false]);
    engine.step({ type: 'peer-status', peer: A, status }, 1);
    assert.deepEqual(counts(), [2, 1, true]);
    engine.step({ type: 'peer-disconnected', peer: A }, 2);
    assert.deepEqual(counts(), [1, 0, true]);
    engine.step({ type: 'peer-connected', peer: A }, 3);
    assert.deepEqual(counts(), [2, 0, true], 'what it said before may be old');
    engine.step({ type: 'peer-status', peer: A, status }, 4);
    assert.deepEqual(counts(), [2, 1, true]);
  });
});
