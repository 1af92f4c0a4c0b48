import assert from 'node:assert/strict';
import { pino } from 'pino';
import { FederationObserver, fetchStatus } from '../../../scripts/federation/observer.js';
import { createHttpServer } from '../../../src/api/server.js';
import { FakeView } from '../api/fake-view.js';
import { observed } from './observed-status.js';

describe('federation script: observer', () => {
  it('rates are over the last five seconds, and over the whole run', () => {
    const observer = new FederationObserver(['Thor', 'Sprout'], 0);
    for (let second = 0; second <= 10; second += 1) {
      const blocks = second <= 5 ? second * 10 : 50 + (second - 5) * 20;
      observer.observe('Thor', observed(blocks));
      observer.sample(second * 1000);
    }
    assert.deepEqual(observer.recentRates, { blocksPerSecond: 20, transactionsPerSecond: 200 });
    assert.deepEqual(observer.overallRates, { blocksPerSecond: 15, transactionsPerSecond: 150 });
  });

  it('B9: a status is taken from the process asked for only, where another may have its port', async () => {
    const server = await createHttpServer(new FakeView(), { host: '127.0.0.1', port: 0, logger: pino({ level: 'silent' }) });
    try {
      assert.equal((await fetchStatus(server.url)).platform, 'Thor');
      assert.equal((await fetchStatus(server.url, 5000, server.identity.instance)).platform, 'Thor');
      await assert.rejects(fetchStatus(server.url, 5000, 'the one before'), /answered by another than the platform asked for/);
    } finally {
      await server.close();
    }
  });

  it('there are no rates before two samples', () => {
    const observer = new FederationObserver(['Thor'], 0);
    assert.deepEqual(observer.recentRates, { blocksPerSecond: 0, transactionsPerSecond: 0 });
    observer.observe('Thor', observed(5));
    observer.sample(10);
    assert.deepEqual(observer.overallRates, { blocksPerSecond: 0, transactionsPerSecond: 0 });
    assert.equal(new FederationObserver(['Thor'], 0).finality, undefined);
  });

  it('finality is the median platform\'s p50 and the worst one\'s p99', () => {
    const observer = new FederationObserver(['a', 'b', 'c'], 0);
    observer.observe('a', observed(1, { finality_ms: { last: 1, p50: 1, p99: 5 } }));
    observer.observe('b', observed(1, { finality_ms: { last: 1, p50: 2, p99: 50 } }));
    observer.observe('c', observed(1, { finality_ms: { last: 1, p50: 30, p99: 31 } }));
    assert.deepEqual(observer.finality, { p50: 2, p99: 50 });
  });

  it('two hashes for one block are a disagreement, at whatever time they are seen', () => {
    const observer = new FederationObserver(['Thor', 'Sprout'], 0);
    observer.observe('Thor', observed(5));
    observer.observe('Thor', observed(6));
    assert.throws(() => { observer.observe('Sprout', observed(5, { last_block_hash: 'f'.repeat(64) })); }, {
      code: 'disagreement', message: `Sprout has block 4 as ${'f'.repeat(64)}, but Thor has it as ${'5'.padStart(64, '0')}`,
    });
  });

  it('no progress is that of the slowest platform, which is named with where it stands', () => {
    const observer = new FederationObserver(['Thor', 'Sprout'], 0);
    const round = (atMs: number, thor: number, sprout: number): void => {
      observer.observe('Thor', observed(thor));
      observer.observe('Sprout', observed(sprout, { catching_up: true }));
      observer.sample(atMs);
    };
    round(1000, 5, 4);
    round(9000, 9, 4);
    observer.checkProgress(10_999, 10_000);
    assert.throws(() => { observer.checkProgress(11_000, 10_000); }, { code: 'no-progress', message: /^Sprout committed no block for 10 s and has 4: it stands at slot 4, PRE-PREPARED, catching up, with 2 of 3 peers/ });
    round(11_500, 9, 5);
    observer.checkProgress(12_000, 10_000);
    assert.equal(observer.slowestSequence, 5);
  });

  it('a platform that never answered counts as standing at 0', () => {
    const observer = new FederationObserver(['Thor', 'Sprout'], 0);
    observer.observe('Thor', observed(9));
    observer.sample(0);
    assert.equal(observer.slowestSequence, 0);
    assert.throws(() => { observer.checkProgress(60_000, 60_000); }, /^FederationError: Sprout committed no block for 60 s and has 0: and never answered/);
  });
});
