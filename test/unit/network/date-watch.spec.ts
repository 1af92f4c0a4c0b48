import assert from 'node:assert/strict';
import '../../../src/network/promise-with-resolvers.js';
import { identify } from '@libp2p/identify';
import { createLibp2p } from 'libp2p';
import { toMonotonicMs, toWallMs } from '../../../src/network/clocks.js';
import { DateWatch } from '../../../src/network/date-watch.js';
import { datedCachesOf } from '../../../src/network/gossip-caches.js';
import { gossipService } from '../../../src/network/gossip.js';
import { DEFAULT_LIMITS } from '../../../src/network/options.js';
import { ZERO_HASH } from '../../../src/types/ids.js';

describe('The host\'s date may be set at any time (issue 10, B5)', () => {
  it('a step is told once, with its length and direction; drift and slewing are none', () => {
    let monotonicMs = 5_000;
    let wallMs = 1_700_000_000_000;
    const watch = new DateWatch(() => toMonotonicMs(monotonicMs), () => toWallMs(wallMs));
    const pass = (stepMs: number) => {
      monotonicMs += 2_000;
      wallMs += 2_000 + stepMs;
      return watch.look();
    };
    assert.equal(pass(0), undefined);
    assert.equal(pass(-3_600_000), -3_600_000);
    assert.equal(pass(0), undefined);
    assert.equal(pass(4_500), 4_500);
    for (let i = 0; i < 1_000; i++) assert.equal(pass(20), undefined, 'slewed by a second in all');
  });

  it('what gossipsub forgets by date is found in the version that is installed, and can be emptied', async () => {
    const node = await createLibp2p({ start: false, services: { identify: identify(), pubsub: gossipService(ZERO_HASH, DEFAULT_LIMITS) } });
    const { pubsub } = node.services;
    for (const field of ['seenCache', 'publishedMessageIds']) (Reflect.get(pubsub, field) as { put(key: string): void }).put('a message');
    (Reflect.get(pubsub, 'backoff') as Map<string, unknown>).set('a topic', new Map());
    const caches = datedCachesOf(pubsub);
    assert.equal(caches.length, 3, 'gossipsub keeps them elsewhere now: look there');
    for (const cache of caches) cache.clear();
    assert.deepEqual(['seenCache', 'publishedMessageIds', 'backoff'].map((field) => (Reflect.get(pubsub, field) as { size: number }).size), [0, 0, 0]);
    assert.deepEqual(datedCachesOf({}), []);
  });
});
