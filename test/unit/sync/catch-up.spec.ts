import assert from 'node:assert/strict';
import { DEFAULT_SYNC_SETTINGS } from '../../../src/sync/settings.js';
import type { CommittedBlock } from '../../../src/types/sync.js';
import { toSequence } from '../../../src/types/ids.js';
import { certificateFor, chainOf, childOf } from './fake-chain.js';
import { FakeNetwork, type FakePlatform } from './fake-network.js';

function hasAll(platform: FakePlatform, chain: readonly CommittedBlock[]): () => boolean {
  return () => platform.tip?.block.hash === chain.at(-1)?.block.hash;
}

describe('sync: catching up (SPEC section 7)', () => {
  it('fetches 10,000 blocks in parallel from three peers, one lying and one silent', async () => {
    const chain = chainOf(10_000);
    const network = new FakeNetwork();
    const honest = network.add('honest', chain);
    const liar = network.add('liar', chain);
    const silent = network.add('silent', chain);
    const late = network.add('late', []);
    liar.behaviour = {
      type: 'lying',
      serve: ({ fromSequence, maxCount }) => {
        const parent = chain[fromSequence - 1];
        const forged = childOf(parent, { branch: 'forged' });
        return [{ block: forged.block, certificate: certificateFor(forged.block, false) }, ...chain.slice(fromSequence + 1, fromSequence + maxCount)];
      },
    };
    for (const peer of [liar, silent, honest]) network.connect(late, peer);
    await network.run(40);
    silent.behaviour = { type: 'silent' };

    assert.ok(await network.run(60_000, hasAll(late, chain)), 'late never caught up');
    assert.deepEqual(late.effects('penalize').map(({ peer }) => peer), [liar.key]);
    assert.ok(late.requests('BLOCKS').some(({ peer }) => peer === silent.key), 'the silent peer was never tried');
    assert.ok(network.nowMs < 15_000, `took ${network.nowMs} ms: the silent peer held everything up`);
    assert.ok(network.maxOutstandingBlocks <= DEFAULT_SYNC_SETTINGS.maxOutstandingRanges + 1);
    assert.equal(late.engine.progress().catchingUp, false);
  });

  it('asks a second peer for the range that all others wait for, and the slow one no more for a while', async () => {
    const chain = chainOf(4000);
    const network = new FakeNetwork();
    const slow = network.add('slow', chain);
    const fast = network.add('fast', chain);
    const late = network.add('late', []);
    network.connect(late, slow);
    network.connect(late, fast);
    await network.run(40);
    slow.behaviour = { type: 'silent' };
    assert.ok(await network.run(DEFAULT_SYNC_SETTINGS.blocksTimeoutMs - 1, hasAll(late, chain)), 'it waited for the timeout of the slow peer');
    const toSlow = late.requests('BLOCKS').filter(({ peer }) => peer === slow.key).length;
    assert.ok(toSlow >= 1 && toSlow <= DEFAULT_SYNC_SETTINGS.maxOutstandingRangesPerPeer, `${toSlow} requests went to the slow peer`);
    assert.ok(network.maxOutstandingPerPeer <= DEFAULT_SYNC_SETTINGS.maxOutstandingRangesPerPeer + 1);
  });

  it('asks a peer that fails ever more seldom (back-off)', async () => {
    const chain = chainOf(100);
    const network = new FakeNetwork();
    const empty = network.add('empty', chain);
    empty.behaviour = { type: 'lying', serve: () => [] };
    const late = network.add('late', []);
    network.connect(late, empty);
    await network.run(60_000);
    const times = late.requests('BLOCKS').map(({ atMs }) => atMs);
    const early = times.filter((atMs) => atMs < 10_000).length;
    const final = times.filter((atMs) => atMs >= 50_000).length;
    assert.ok(early >= 3 && early <= 12, `${early} requests in the first 10 s`);
    assert.ok(final >= 1 && final <= 4, `${final} requests in the last 10 s`);
  });

  it('asks several peers for the parts of a range when blocks turn out to be large', async () => {
    const chain = chainOf(60, () => ({ sizeBytes: 900_000 }));
    const network = new FakeNetwork();
    network.delayMs = 50;
    const servers = ['a', 'b', 'c', 'd'].map((name) => network.add(name, chain));
    const late = network.add('late', []);
    for (const server of servers) network.connect(late, server);
    assert.ok(await network.run(60_000, hasAll(late, chain)));
    // One block fits each answer. One peer alone would take 60 round trips of 100 ms for the first range and the rest.
    assert.ok(network.nowMs < 2600, `took ${network.nowMs} ms`);
  });

  it('spreads ranges over several honest peers at once', async () => {
    const chain = chainOf(5000);
    const network = new FakeNetwork();
    const servers = ['a', 'b', 'c'].map((name) => network.add(name, chain));
    const late = network.add('late', []);
    for (const server of servers) network.connect(late, server);
    assert.ok(await network.run(10_000, hasAll(late, chain)));
    for (const server of servers) {
      assert.ok(late.requests('BLOCKS').filter(({ peer }) => peer === server.key).length >= 3, 'a peer was left out');
    }
    assert.equal(network.maxOutstandingBlocks, DEFAULT_SYNC_SETTINGS.maxOutstandingRanges);
    const asked = late.requests('BLOCKS').reduce((sum, { plan }) => sum + (plan.type === 'BLOCKS' ? plan.maxCount : 0), 0);
    assert.ok(asked <= 5100, `${asked} blocks were asked for, to get 5000`);
  });

  it('reaches a target that moves while blocks are fetched, and then pulls slot state', async () => {
    const chain = chainOf(3000);
    const network = new FakeNetwork();
    network.delayMs = 100;
    const busy = network.add('busy', chain.slice(0, 2000));
    const late = network.add('late', []);
    network.connect(late, busy);
    const grow = (): void => {
      const next = chain[busy.store.chain.length];
      if (next === undefined) return;
      busy.finalize(next);
      network.after(5, grow);
    };
    grow();
    assert.ok(await network.run(60_000, hasAll(late, chain)), `late stopped at ${late.store.finalSequence()}`);
    const lastDelivery = late.effects('deliver-blocks').at(-1)?.atMs ?? Infinity;
    await network.run(network.nowMs + 500);
    assert.ok(late.requests('SLOTS').some(({ atMs }) => atMs >= lastDelivery), 'no slot state was pulled after catching up');
  });

  it('goes on where it was after a disconnection midway', async () => {
    const chain = chainOf(4000);
    const network = new FakeNetwork();
    const server = network.add('server', chain);
    const late = network.add('late', []);
    network.connect(late, server);
    await network.run(60_000, () => late.store.chain.length > 1000);
    network.disconnect(late.key, server.key);
    await network.run(network.nowMs + 20_000);
    const reached = late.store.chain.length;
    assert.ok(reached > 1000 && reached < 4000);
    assert.equal(late.engine.progress().catchingUp, true, 'claims to be in sync while behind');

    const before = late.requests('BLOCKS').length;
    network.connect(late, server);
    assert.ok(await network.run(network.nowMs + 20_000, hasAll(late, chain)));
    assert.equal(network.maxOutstandingBlocks, DEFAULT_SYNC_SETTINGS.maxOutstandingRangesPerPeer);
    const after = late.requests('BLOCKS').slice(before);
    const lowest = Math.min(...after.map(({ plan }) => (plan.type === 'BLOCKS' ? plan.fromSequence : Infinity)));
    assert.ok(lowest >= reached, `blocks from ${lowest} were fetched again, though ${reached} were there`);
  });

  it('gets past runs of blocks that became final only through a descendant', async () => {
    // Only every 40th block has a certificate of its own, and blocks are so large that few fit one answer.
    const chain = chainOf(201, (sequence) => ({ certified: sequence % 40 === 0, sizeBytes: 200_000 }));
    const network = new FakeNetwork();
    const servers = ['a', 'b'].map((name) => network.add(name, chain));
    const late = network.add('late', []);
    for (const server of servers) network.connect(late, server);
    assert.ok(await network.run(120_000, hasAll(late, chain)), `late stopped at ${late.store.finalSequence()}`);
    assert.deepEqual(late.effects('penalize'), []);
  });

  it('gives up a run of blocks that no certificate proves, within its bound, and uses others', async () => {
    const chain = chainOf(101, (sequence) => ({ certified: sequence % 10 === 0, sizeBytes: 100_000 }));
    const network = new FakeNetwork();
    const honest = network.add('honest', chain);
    const stripper = network.add('stripper', chain);
    const settings = { maxUnprovenBytes: 2_000_000 };
    const late = network.add('late', [], { settings });
    stripper.behaviour = {
      type: 'lying',
      serve: ({ fromSequence, maxCount }) => chain.slice(fromSequence, fromSequence + Math.min(maxCount, 10)).map(({ block }) => ({ block, certificate: undefined })),
    };
    network.connect(late, stripper);
    network.connect(late, honest);
    assert.ok(await network.run(60_000, hasAll(late, chain)), `late stopped at ${late.store.finalSequence()}`);
    for (const { plan } of late.requests('BLOCKS')) {
      if (plan.type === 'BLOCKS') assert.ok(plan.unproven.length * 100_000 <= settings.maxUnprovenBytes);
    }
  });

  it('turns to others where a peer serves all it has, and no certificate with it', async () => {
    const chain = chainOf(24);
    const network = new FakeNetwork();
    const stripper = network.add('stripper', chain);
    const honest = network.add('honest', chain);
    const late = network.add('late', []);
    stripper.behaviour = {
      type: 'lying',
      serve: ({ fromSequence, maxCount }) => {
        const asked = chain.slice(fromSequence, fromSequence + maxCount);
        return asked.slice(0, Math.ceil(asked.length / 2)).map(({ block }) => ({ block, certificate: undefined }));
      },
    };
    network.connect(late, stripper);
    await network.run(1000);
    const askedAlone = late.requests('BLOCKS').length;
    network.connect(late, honest);
    assert.ok(await network.run(10_000, hasAll(late, chain)), `late stopped at ${late.store.finalSequence()}`);
    assert.ok(askedAlone > 0 && askedAlone <= 40, `${askedAlone} requests in one second to one that proves nothing`);
  });

  it('keeps what it buffers bounded while the lowest range is slow to come (section 8)', async () => {
    const chain = chainOf(400, () => ({ sizeBytes: 100_000 }));
    const network = new FakeNetwork();
    const settings = { maxBufferedBytes: 4_000_000, hedgeAfterMs: 1_000_000 };
    const fast = network.add('fast', chain);
    const slow = network.add('slow', chain);
    const late = network.add('late', [], { settings });
    network.connect(late, slow);
    network.connect(late, fast);
    await network.run(40);
    slow.behaviour = { type: 'silent' };
    let peakBytes = 0;
    assert.ok(await network.run(120_000, () => {
      peakBytes = Math.max(peakBytes, late.engine.progress().bufferedBytes);
      return hasAll(late, chain)();
    }));
    assert.ok(peakBytes > 1_500_000, 'nothing was buffered: the test shows nothing');
    assert.ok(peakBytes <= settings.maxBufferedBytes + 2 * DEFAULT_SYNC_SETTINGS.maxRangeBytes, `${peakBytes} bytes were buffered`);
  });

  it('holds back what the core has not digested, and fetches again what it lost', async () => {
    const chain = chainOf(200, () => ({ sizeBytes: 100_000 }));
    const network = new FakeNetwork();
    const server = network.add('server', chain);
    const late = network.add('late', []);
    late.digests = false;
    network.connect(late, server);
    await network.run(25_000);
    const delivered = late.effects('deliver-blocks').flatMap(({ blocks }) => blocks);
    assert.ok(delivered.length > 0);
    assert.ok(delivered.length * 100_000 <= DEFAULT_SYNC_SETTINGS.maxUndigestedBytes);
    late.digests = true;
    assert.ok(await network.run(60_000, hasAll(late, chain)), 'blocks lost on the way to the core were never fetched again');
    assert.ok(late.effects('notice').some(({ notice }) => notice.type === 'blocks-not-digested'));
  });

  it('delivers nothing while too much waits to be executed, fetches no more than it may hold, and goes on by itself', async () => {
    const chain = chainOf(400, () => ({ sizeBytes: 100_000 }));
    const network = new FakeNetwork();
    const server = network.add('server', chain);
    const late = network.add('late', []);
    network.connect(late, server);
    await network.run(60_000, () => late.store.chain.length > 20);
    late.backlogFull = true;
    late.input({ type: 'own-position', own: late.position() });
    const before = late.effects('deliver-blocks').length;
    await network.run(45_000);
    assert.equal(late.effects('deliver-blocks').length, before);
    assert.ok(late.engine.progress().bufferedBytes <= DEFAULT_SYNC_SETTINGS.maxBufferedBytes);
    assert.ok(!late.effects('notice').some(({ notice }) => notice.type === 'blocks-not-digested'), 'nobody lost anything');
    late.backlogFull = false;
    late.input({ type: 'own-position', own: late.position() });
    assert.ok(await network.run(60_000, hasAll(late, chain)));
  });

  it('waits for the disk, though the core has the blocks', async () => {
    const chain = chainOf(200, () => ({ sizeBytes: 100_000 }));
    const network = new FakeNetwork();
    const server = network.add('server', chain);
    const late = network.add('late', []);
    let durable = 0;
    late.durableLength = () => durable;
    network.connect(late, server);
    await network.run(20_000);
    const taken = late.store.chain.length;
    assert.ok(taken > 0 && taken * 100_000 <= DEFAULT_SYNC_SETTINGS.maxUndigestedBytes, `${taken} blocks wait for the disk`);
    const flush = (): void => {
      durable = late.store.chain.length;
      late.input({ type: 'own-position', own: late.position() });
      network.after(10, flush);
    };
    flush();
    assert.ok(await network.run(60_000, hasAll(late, chain)));
  });

  it('says that it is catching up from the moment a higher final block is proven until it has it', async () => {
    const chain = chainOf(600);
    const network = new FakeNetwork();
    const server = network.add('server', chain);
    const late = network.add('late', chain.slice(0, 100));
    assert.equal(late.engine.progress().catchingUp, false);
    network.connect(late, server);
    await network.run(network.delayMs * 2);
    assert.deepEqual(
      (({ catchingUp, remaining, toSequence, finalSequence }) => ({ catchingUp, remaining, toSequence, finalSequence }))(late.engine.progress()),
      { catchingUp: true, remaining: 500, toSequence: 599, finalSequence: 99 });
    await network.run(5000, () => {
      assert.equal(late.engine.progress().catchingUp, late.store.chain.length < 600);
      return late.store.chain.length === 600;
    });
    assert.equal(late.engine.progress().remaining, 0);
    const notices = late.effects('notice').map(({ notice }) => notice.type);
    assert.deepEqual([notices[0], notices.at(-1)], ['catch-up-started', 'catch-up-finished']);
    const fetchedBytes = late.store.chain.slice(100).reduce((sum, { block }) => sum + block.sizeBytes, 0);
    assert.deepEqual(late.effects('notice').flatMap(({ notice }) => (notice.type === 'catch-up-finished' ? [notice.progress.fetchedBytes] : [])), [fetchedBytes]);
    assert.equal(late.engine.progress().fetchedBytes, 0, 'what is over is not counted with the next');
  });

  it('is not made to chase a sequence that a status claims and its certificate does not prove', async () => {
    const chain = chainOf(100);
    const network = new FakeNetwork();
    const boaster = network.add('boaster', chain);
    const late = network.add('late', []);
    const trueStatus = boaster.status.bind(boaster);
    boaster.status = () => ({ ...trueStatus(), finalSequence: toSequence(2 ** 50) });
    network.connect(late, boaster);
    await network.run(25);
    assert.equal(late.engine.progress().remaining, 100);
    assert.ok(await network.run(5000, hasAll(late, chain)));
    assert.equal(late.engine.progress().catchingUp, false);
  });

  it('asks everyone for slot state when the core says it is behind and nobody serves blocks', async () => {
    const chain = chainOf(11);
    const network = new FakeNetwork();
    const peers = ['a', 'b', 'c'].map((name) => network.add(name, chain.slice(0, 10)));
    const core = network.add('core', chain.slice(0, 10));
    for (const peer of peers) network.connect(core, peer);
    await network.run(1000);
    core.input({ type: 'behind', certificate: certificateFor(chain[10]!.block) });
    assert.equal(core.engine.progress().catchingUp, true);
    assert.deepEqual(core.requests('SLOTS').map(({ peer }) => peer).sort(), peers.map(({ key }) => key).sort());
    core.finalize(chain[10]!);
    assert.equal(core.engine.progress().catchingUp, false);
  });

  it('fetches nothing when its own consensus gets there within the grace', async () => {
    const chain = chainOf(11);
    const network = new FakeNetwork();
    const ahead = network.add('ahead', chain);
    const close = network.add('close', chain.slice(0, 10));
    network.connect(close, ahead);
    await network.run(50);
    assert.equal(close.engine.progress().catchingUp, true);
    close.finalize(chain[10]!);
    await network.run(5000);
    assert.deepEqual(close.requests('BLOCKS'), []);
  });

  it('drops a peer whose proven blocks do not link to the own final block', async () => {
    const chain = chainOf(50);
    const fork = chainOf(60, () => ({ branch: 'fork' }));
    const network = new FakeNetwork();
    const forked = network.add('forked', fork);
    const platform = network.add('platform', chain);
    network.connect(platform, forked);
    await network.run(1000);
    assert.deepEqual(platform.effects('penalize').map(({ peer, reason }) => [peer, reason]), [[forked.key, 'served blocks that do not link to final ones']]);
    assert.deepEqual(platform.effects('deliver-blocks'), []);
  });

  it('drops a peer that serves other blocks than asked for', async () => {
    const chain = chainOf(50);
    const network = new FakeNetwork();
    const server = network.add('server', chain);
    server.behaviour = { type: 'lying', serve: ({ fromSequence, maxCount }) => chain.slice(fromSequence + 1, fromSequence + 1 + maxCount) };
    const late = network.add('late', []);
    network.connect(late, server);
    await network.run(1000);
    assert.deepEqual(late.effects('penalize').map(({ reason }) => reason), ['served other blocks than were asked for']);
  });
});
