import assert from 'node:assert/strict';
import '../../../src/network/promise-with-resolvers.js';
import { identify } from '@libp2p/identify';
import { createLibp2p } from 'libp2p';
import { gossipService, scoreRecordsOf } from '../../../src/network/gossip.js';
import { DEFAULT_LIMITS } from '../../../src/network/options.js';
import { ZERO_HASH } from '../../../src/types/ids.js';

describe('gossip score records', () => {
  it('are found in the gossipsub that is installed, and can be cleared: memory is bounded (section 8)', async () => {
    const node = await createLibp2p({ start: false, services: { identify: identify(), pubsub: gossipService(ZERO_HASH, DEFAULT_LIMITS) } });
    const score = Reflect.get(node.services.pubsub, 'score') as { validateMessage(id: string): void };
    const found = scoreRecordsOf(node.services.pubsub);
    assert.ok(found !== undefined, 'gossipsub keeps its records elsewhere now: look there, or memory grows');
    score.validateMessage('some message');
    assert.equal(found.records.size, 1);
    found.clear();
    assert.equal(found.records.size, 0);
  });

  it('may be absent', () => {
    assert.equal(scoreRecordsOf({}), undefined);
    assert.equal(scoreRecordsOf({ score: { deliveryRecords: {} } }), undefined);
  });
});
