import assert from 'node:assert/strict';
import type { Connection } from '@libp2p/interface';
import { Counters } from '../../../src/network/counters.js';
import { FloodControl, watchStreams } from '../../../src/network/flood-control.js';
import { checkFloodControl, requireFloodControl } from '../../../src/network/flood-self-check.js';
import { scoreRecordsOf } from '../../../src/network/gossip.js';
import { watchTraffic } from '../../../src/network/muxer.js';
import { DEFAULT_LIMITS } from '../../../src/network/options.js';
import { toPublicKeyHex } from '../../../src/types/ids.js';

const WATCHERS = { watchStreams, watchTraffic, scoreRecordsOf };

describe('flood control does not fail open (issue 10, A)', function () {
  // A connection of this process to itself, on a busy machine.
  this.timeout(60_000);

  it('sees streams, frames, RPCs and records with the packages that are installed; tried once in a process', async () => {
    await checkFloodControl();
    assert.equal(requireFloodControl(), requireFloodControl());
    await requireFloodControl();
  });

  for (const [what, blind, pattern] of [
    ['streams', { watchStreams: () => false }, /streams that a peer opens with libp2p \d.*yamux \d/],
    ['frames', { watchTraffic: () => true }, /frames of the muxer with libp2p \d/],
    ['records', { scoreRecordsOf: () => undefined }, /records of messages with @chainsafe\/libp2p-gossipsub \d.*npm ci/],
  ] as const) {
    it(`where ${what} are not seen it says so, with package and version`, async () => {
      await assert.rejects(checkFloodControl({ ...WATCHERS, ...blind }), (error: unknown) => (
        error instanceof Error && 'code' in error && error.code === 'unsupported-library' && pattern.test(error.message)));
    });
  }

  it('a connection that does not show its muxer is not watched, and tells', () => {
    const floods = new FloodControl({ limits: DEFAULT_LIMITS, counters: new Counters(), now: () => 0, onFlood: () => undefined });
    const peer = toPublicKeyHex('ab'.repeat(32));
    for (const connection of [{}, { muxer: undefined }, { muxer: {} }, { muxer: new EventTarget() }]) {
      assert.equal(floods.watch(peer, connection as unknown as Connection), false);
    }
  });
});
