import assert from 'node:assert/strict';
import { DEFAULT_SYNC_SETTINGS } from '../../../src/sync/settings.js';
import { toSlot } from '../../../src/types/ids.js';
import type { CommittedBlock } from '../../../src/types/sync.js';
import { chainOf, childOf, hashOf, peerNamed, prepareFor, proposalOf } from './fake-chain.js';
import { FakeNetwork, type FakePlatform } from './fake-network.js';

/** The first of the platforms named, all holding the same chain, everyone connected to it. */
function star(network: FakeNetwork, names: readonly string[], length = 10): { core: FakePlatform; peers: FakePlatform[] } {
  const chain = chainOf(length);
  const [core, ...peers] = names.map((name) => network.add(name, chain));
  assert.ok(core !== undefined);
  for (const peer of peers) network.connect(core, peer);
  return { core, peers };
}

describe('sync: status and slot state (SPEC sections 4 and 7)', () => {
  it('exchanges STATUS at once on connecting (section 7)', async () => {
    const network = new FakeNetwork();
    const { core, peers } = star(network, ['core', 'a']);
    assert.deepEqual(core.requests('STATUS').map(({ peer, atMs }) => ({ peer, atMs })), [{ peer: peers[0]!.key, atMs: 0 }]);
    await network.run(100);
    assert.equal(core.engine.progress().outstandingRequests, 0);
  });

  it('lets an idle platform find the last block that it missed within 10 s (scenario o)', async () => {
    const network = new FakeNetwork();
    const { core, peers } = star(network, ['core', 'a', 'b', 'c']);
    await network.run(5000);
    const missed = childOf(core.tip);
    for (const peer of peers) peer.store.chain.push(missed);
    assert.ok(await network.run(20_000, () => core.tip?.block.hash === missed.block.hash), 'the block was never found');
    assert.ok(network.nowMs <= 5000 + 10_000 + 1000, `found only at ${network.nowMs} ms`);
  });

  it('learns from the STATUS that an idle peer behind it asks with, and from one ahead', async () => {
    const network = new FakeNetwork();
    const { core, peers } = star(network, ['core', 'a']);
    await network.run(100);
    const missed = childOf(core.tip);
    peers[0]!.store.chain.push(missed);
    // Only the other one asks.
    peers[0]!.input({ type: 'resend' });
    assert.ok(await network.run(2000, () => core.tip?.block.hash === missed.block.hash), 'nothing was learnt from the request');
  });

  it('asks one peer in turn every 10 s while idle (section 7)', async () => {
    const network = new FakeNetwork();
    const { core, peers } = star(network, ['core', 'a', 'b', 'c']);
    await network.run(1000);
    const before = core.requests('STATUS').length;
    await network.run(61_000);
    const asked = core.requests('STATUS').slice(before);
    assert.deepEqual(asked.map(({ atMs }) => atMs), [10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
    for (const peer of peers) assert.equal(asked.filter((request) => request.peer === peer.key).length, 2);
  });

  it('exchanges slot state with every peer after 1 s without progress while work is pending (section 7)', async () => {
    const network = new FakeNetwork();
    const { core, peers } = star(network, ['core', 'a', 'b', 'c']);
    core.slotState = [proposalOf(childOf(core.tip))];
    await network.run(500);
    core.workPending = true;
    core.input({ type: 'own-position', own: core.position() });
    await network.run(1499);
    assert.deepEqual(core.requests('SLOTS'), []);
    await network.run(1500);
    assert.deepEqual(core.requests('SLOTS').map(({ peer, plan }) => ({ peer, plan })), peers.map(({ key }) => ({ peer: key, plan: { type: 'SLOTS', push: true } })));
    await network.run(1600);
    for (const peer of peers) assert.deepEqual(peer.pushed, core.slotState);
  });

  it('does not exchange slot state while it makes progress, or has nothing pending', async () => {
    const network = new FakeNetwork();
    const { core } = star(network, ['core', 'a']);
    await network.run(5000);
    assert.deepEqual(core.requests('SLOTS'), []);
    core.workPending = true;
    for (let step = 0; step < 20; step += 1) {
      core.currentSlot = 20 + step;
      core.input({ type: 'own-position', own: core.position() });
      await network.run(network.nowMs + 500);
    }
    assert.deepEqual(core.requests('SLOTS'), []);
  });

  it('fans a resend out to every connected peer, never more than one outstanding at each (section 4, re-sending)', async () => {
    const network = new FakeNetwork();
    const { core, peers } = star(network, ['core', 'a', 'b', 'silent']);
    await network.run(500);
    peers[2]!.behaviour = { type: 'silent' };
    for (let round = 0; round < 40; round += 1) {
      core.input({ type: 'resend' });
      await network.run(network.nowMs + 100);
    }
    const askedOf = (peer: FakePlatform | undefined): number => core.requests('SLOTS').filter((request) => request.peer === peer?.key).length;
    assert.equal(askedOf(peers[2]), 1);
    assert.ok(askedOf(peers[0]) >= 15 && askedOf(peers[0]) <= 4000 / DEFAULT_SYNC_SETTINGS.exchangeIntervalMs + 1, `${askedOf(peers[0])} exchanges in 4 s`);
    assert.equal(askedOf(peers[0]), askedOf(peers[1]));
    assert.equal(network.maxOutstandingPerPeer, 1);
  });

  it('hands slot state that a peer answers with to the core', async () => {
    const network = new FakeNetwork();
    const { core, peers } = star(network, ['core', 'a']);
    await network.run(500);
    const next = childOf(core.tip);
    peers[0]!.slotState = [proposalOf(next), prepareFor(next, 1)];
    core.input({ type: 'resend' });
    await network.run(1000);
    assert.deepEqual(core.effects('deliver-messages').flatMap(({ messages }) => messages.map(({ type }) => type)), ['PRE-PREPARE', 'PREPARE']);
  });

  it('pulls slot state from a peer with the same final block in a later slot (section 7)', async () => {
    const network = new FakeNetwork();
    const { core, peers } = star(network, ['core', 'a', 'b']);
    await network.run(500);
    peers[0]!.currentSlot = 15;
    await network.run(30_000);
    const pulls = core.requests('SLOTS');
    assert.ok(pulls.length >= 1);
    assert.ok(pulls.every(({ peer, plan }) => peer === peers[0]!.key && plan.type === 'SLOTS' && !plan.push));
  });

  it('asks again after a request that neither succeeds nor fails, though the host lost it', () => {
    const network = new FakeNetwork();
    const { core } = star(network, ['core']);
    const peer = peerNamed('ghost');
    core.input({ type: 'peer-connected', peer });
    core.input({ type: 'resend' });
    network.nowMs = 3000;
    core.input({ type: 'resend' });
    assert.equal(core.requests('SLOTS').length, 0);
    network.nowMs = DEFAULT_SYNC_SETTINGS.exchangeTimeoutMs + 1001;
    core.input({ type: 'tick' });
    assert.equal(core.requests('SLOTS').length, 1);
  });
});

describe('sync: missing blocks (SPEC section 7)', () => {
  /** The core names a block again every 100 ms until it has it. */
  function miss(network: FakeNetwork, core: FakePlatform, block: CommittedBlock): void {
    const has = core.effects('deliver-messages').some(({ messages }) => messages.some((message) => message.type === 'PRE-PREPARE' && message.block.hash === block.block.hash));
    if (has) return;
    core.input({ type: 'missing-block', slot: block.block.header.slot, blockHash: block.block.hash });
    network.after(100, () => { miss(network, core, block); });
  }

  it('pulls from one peer after another until one has the block', async () => {
    const network = new FakeNetwork();
    const { core, peers } = star(network, ['core', 'a', 'b', 'c']);
    await network.run(500);
    const wanted = childOf(core.tip);
    peers[2]!.slotState = [proposalOf(wanted)];
    miss(network, core, wanted);
    await network.run(3000);
    assert.deepEqual(core.requests('SLOTS').map(({ peer }) => peer), peers.map(({ key }) => key));
    assert.deepEqual(core.effects('deliver-messages').flatMap(({ messages }) => messages.map(({ type }) => type)), ['PRE-PREPARE']);
  });

  it('is not held up by a silent peer', async () => {
    const network = new FakeNetwork();
    const { core, peers } = star(network, ['core', 'silent', 'b']);
    await network.run(500);
    peers[0]!.behaviour = { type: 'silent' };
    const wanted = childOf(core.tip);
    peers[1]!.slotState = [proposalOf(wanted)];
    miss(network, core, wanted);
    await network.run(1100);
    assert.equal(core.effects('deliver-messages').length, 1);
  });

  it('pulls at most every 200 ms however many votes name unknown blocks, and keeps a bounded number of them', async () => {
    const network = new FakeNetwork();
    const { core } = star(network, ['core', 'a', 'b', 'c']);
    await network.run(500);
    for (let round = 0; round < 200; round += 1) {
      for (let block = 0; block < 20; block += 1) {
        core.input({ type: 'missing-block', slot: toSlot(10 + block), blockHash: hashOf(`${round} ${block}`) });
      }
      await network.run(network.nowMs + 10);
    }
    const times = core.requests('SLOTS').map(({ atMs }) => atMs);
    assert.ok(times.length >= 5 && times.length <= 11, `${times.length} pulls in 2 s`);
    for (const [index, atMs] of times.entries()) {
      if (index > 0) assert.ok(atMs - times[index - 1]! >= DEFAULT_SYNC_SETTINGS.missingBlockIntervalMs);
    }
  });

  it('pulls no more once the core stops asking, since the block came by gossip', async () => {
    const network = new FakeNetwork();
    const { core } = star(network, ['core', 'a', 'b', 'c']);
    await network.run(500);
    const next = childOf(core.tip);
    core.input({ type: 'missing-block', slot: next.block.header.slot, blockHash: next.block.hash });
    await network.run(9000);
    assert.equal(core.requests('SLOTS').length, 1);
  });

  it('asks ever more seldom for a block that nobody has, because a liar voted for it', async () => {
    const network = new FakeNetwork();
    const { core } = star(network, ['core', 'a', 'b', 'c']);
    await network.run(500);
    miss(network, core, childOf(core.tip, { branch: 'made up' }));
    await network.run(10_500);
    const early = core.requests('SLOTS').length;
    assert.ok(early >= 9 && early <= 15, `${early} pulls in 10 s`);
    await network.run(110_500);
    const perTenSeconds = (core.requests('SLOTS').length - early) / 10;
    assert.ok(perTenSeconds <= 3, `${perTenSeconds} pulls in each 10 s later on`);
    assert.ok(perTenSeconds > 1, 'given up for good');
  });
});
