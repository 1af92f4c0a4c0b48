import assert from 'node:assert/strict';
import { DEFAULT_SYNC_SETTINGS } from '../../../src/sync/settings.js';
import { chainOf, childOf, peerNamed, proposalOf } from './fake-chain.js';
import { FakeNetwork } from './fake-network.js';

const NAMES = ['a', 'b', 'c'] as const;
const others = NAMES.map(peerNamed);
const timeoutMs = DEFAULT_SYNC_SETTINGS.comparisonTimeoutMs;

describe('sync: comparison after a restart (SPEC section 5)', () => {
  it('ends as soon as every other member has answered', async () => {
    const network = new FakeNetwork();
    const chain = chainOf(5);
    const peers = NAMES.map((name) => network.add(name, chain));
    const restarted = network.add('restarted', chain, { others });
    for (const peer of peers) network.connect(restarted, peer);
    await network.run(5000);
    assert.deepEqual(restarted.effects('compared').map(({ atMs }) => atMs), [2 * network.delayMs]);
    // It sends its own votes again, and sees those of its own that others hold.
    assert.deepEqual(restarted.requests('SLOTS').map(({ plan }) => plan), peers.map(() => ({ type: 'SLOTS', push: true })));
  });

  it('ends after one slot timeout where a peer is silent or cannot be reached', async () => {
    const network = new FakeNetwork();
    const chain = chainOf(5);
    const [a, b] = NAMES.map((name) => network.add(name, chain));
    const restarted = network.add('restarted', chain, { others });
    b!.behaviour = { type: 'silent' };
    network.connect(restarted, a!);
    network.connect(restarted, b!);
    await network.run(timeoutMs - 1);
    assert.deepEqual(restarted.effects('compared'), []);
    await network.run(10_000);
    assert.deepEqual(restarted.effects('compared').map(({ atMs }) => atMs), [timeoutMs]);
  });

  it('ends after one slot timeout where there are no peers', async () => {
    const network = new FakeNetwork();
    const restarted = network.add('restarted', chainOf(5), { others });
    await network.run(10_000);
    assert.deepEqual(restarted.effects('compared').map(({ atMs }) => atMs), [timeoutMs]);
  });

  it('ends at once where there is no other member', () => {
    const network = new FakeNetwork();
    const alone = network.add('alone', []);
    assert.equal(alone.effects('compared').length, 1);
  });

  it('hands slot state to the core before it ends', async () => {
    const network = new FakeNetwork();
    const chain = chainOf(5);
    const restarted = network.add('restarted', chain, { others: [peerNamed('a')] });
    const a = network.add('a', chain);
    a.slotState = [proposalOf(childOf(a.tip))];
    network.connect(restarted, a);
    await network.run(500);
    const order = restarted.log.map(({ effect }) => effect.type).filter((type) => type !== 'request');
    assert.deepEqual(order, ['deliver-messages', 'compared']);
  });

  it('waits, up to the timeout, for final blocks that the answers prove to exist', async () => {
    const network = new FakeNetwork();
    const chain = chainOf(50);
    const a = network.add('a', chain);
    const restarted = network.add('restarted', chain.slice(0, 40), { others: [a.key] });
    network.connect(restarted, a);
    await network.run(5000);
    const [compared] = restarted.effects('compared');
    const delivered = restarted.effects('deliver-blocks').at(-1);
    assert.ok(compared !== undefined && delivered !== undefined);
    assert.ok(compared.atMs > delivered.atMs && compared.atMs < timeoutMs);
    assert.equal(restarted.effects('compared').length, 1);
  });

  it('asks a peer again that failed to answer, while there is time', async () => {
    const network = new FakeNetwork();
    const chain = chainOf(5);
    const a = network.add('a', chain);
    const restarted = network.add('restarted', chain, { others: [a.key] });
    network.connect(restarted, a);
    const [first] = restarted.requests('SLOTS');
    assert.ok(first !== undefined);
    restarted.input({ type: 'failed', requestId: first.requestId, reason: 'refused', detail: 'busy' });
    await network.run(5000);
    const [compared] = restarted.effects('compared');
    assert.ok(compared !== undefined && compared.atMs < timeoutMs);
  });
});
