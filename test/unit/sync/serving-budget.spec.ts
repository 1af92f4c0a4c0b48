import assert from 'node:assert/strict';
import { SyncServer } from '../../../src/sync/server.js';
import { DEFAULT_SERVING_LIMITS, ServingBudget } from '../../../src/sync/serving-budget.js';
import { SyncError } from '../../../src/sync/sync-error.js';
import { toSequence, type PublicKeyHex } from '../../../src/types/ids.js';
import type { CommittedBlock } from '../../../src/types/sync.js';
import { chainOf, MemoryBlockStore, peerNamed } from './fake-chain.js';
import { FakeNetwork } from './fake-network.js';

const MIB = 1024 * 1024;
const [asker, other] = [peerNamed('asker'), peerNamed('other')];
const { bytesPerSecond, burstBytes, workMsPerSecond, burstWorkMs, repeatedBytesPerSecond, burstRepeatedBytes, rememberedMs } = DEFAULT_SERVING_LIMITS;

/** A server in virtual time, and one who asks it. */
class Serving {
  nowMs = 0;
  readonly server: SyncServer;
  readonly #chain: readonly CommittedBlock[];

  constructor(chain: readonly CommittedBlock[]) {
    this.#chain = chain;
    this.server = new SyncServer({
      blocks: new MemoryBlockStore(chain), nowMs: () => this.nowMs,
      slotState: { statusOf: () => assert.fail('not asked'), slotStateAbove: () => [] },
    });
  }

  /** Bytes of the blocks served from there; undefined where it was refused. */
  async ask(fromSequence: number, from: PublicKeyHex = asker): Promise<number | undefined> {
    try {
      this.server.admit(from, 'blocks', 100);
    } catch (error) {
      assert.ok(error instanceof SyncError && error.code === 'busy');
      return undefined;
    }
    const answer = await this.server.answer({ type: 'BLOCKS-REQUEST', fromSequence: toSequence(fromSequence), maxCount: 1024, maxBytes: 4 * MIB }, from);
    assert.ok(answer.type === 'BLOCKS-RESPONSE');
    return answer.blocks.reduce((sum, { block }) => sum + block.sizeBytes, 0);
  }

  /** One request every few milliseconds for `seconds`. @returns bytes served, and how many requests were refused */
  async askFor(seconds: number, fromOf: (servedBlocks: number) => number): Promise<{ readonly bytes: number; readonly refused: number }> {
    let [bytes, blocks, refused] = [0, 0, 0];
    const blockBytes = this.#chain[0]!.block.sizeBytes;
    for (const endMs = this.nowMs + 1000 * seconds; this.nowMs < endMs; this.nowMs += 4) {
      const served = await this.ask(fromOf(blocks));
      if (served === undefined) refused += 1;
      bytes += served ?? 0;
      blocks += (served ?? 0) / blockBytes;
    }
    return { bytes, refused };
  }
}

describe('sync: what one member may ask for (issue 10, A: serving has a budget)', () => {
  const large = chainOf(4000, () => ({ sizeBytes: MIB / 2 }));

  it('each block once goes at full speed, and one answer is about a mebibyte', async () => {
    const serving = new Serving(large);
    assert.equal(await serving.ask(0), MIB);
    const { bytes } = await serving.askFor(20, (served) => 2 + served);
    assert.ok(bytes > 19 * bytesPerSecond && bytes < 20 * bytesPerSecond + burstBytes + MIB, `${bytes / MIB} MiB in 20 s`);
  });

  it('the same blocks again and again go at a fraction of that, whatever part of the range is new', async () => {
    for (const fromOf of [() => 0, (served: number) => Math.max(0, 100 - served), (served: number) => Math.floor(served / 100)]) {
      const serving = new Serving(large);
      await serving.askFor(2, (served) => served);
      const { bytes, refused } = await serving.askFor(20, fromOf);
      assert.ok(bytes < 1.1 * 20 * repeatedBytesPerSecond + burstRepeatedBytes + 2 * MIB, `${bytes / MIB} MiB in 20 s`);
      assert.ok(refused > 0);
    }
  });

  it('another member is served meanwhile, and the same one again after a while', async () => {
    const serving = new Serving(large);
    for (let i = 0; await serving.ask(0) !== undefined; i += 1) assert.ok(i < 200, 'it is never refused');
    assert.equal(await serving.ask(0, other), MIB);
    serving.nowMs += 30_000;
    assert.equal(await serving.ask(0), MIB);
  });

  it('two ranges asked for at once are both new, in whatever order they are ready', async () => {
    const serving = new Serving(large);
    const ask = (from: number) => serving.server.answer({ type: 'BLOCKS-REQUEST', fromSequence: toSequence(from), maxCount: 2, maxBytes: 4 * MIB }, asker);
    for (let from = 0; from < 3 * (burstRepeatedBytes / MIB) * 2; from += 4) {
      await Promise.all([ask(from + 2), ask(from)]);
      serving.nowMs += 100;
    }
    serving.server.admit(asker, 'blocks', 100);
  });

  it('to one that has lost everything all blocks are new again after a while', () => {
    let nowMs = 0;
    const budget = new ServingBudget(DEFAULT_SERVING_LIMITS, () => nowMs);
    budget.chargeBlocks(asker, 0, budget.firstFresh(asker), [1, 1, 1]);
    assert.equal(budget.firstFresh(asker), 3);
    nowMs += rememberedMs - 1;
    assert.equal(budget.firstFresh(asker), 3);
    nowMs += rememberedMs + 1;
    assert.equal(budget.firstFresh(asker), 0);
  });

  it('requests that bring nothing are bounded by the time that they take; so are large requests', () => {
    let nowMs = 0;
    const budget = new ServingBudget(DEFAULT_SERVING_LIMITS, () => nowMs);
    const count = (requestBytes: number): number => {
      for (let taken = 0; ; taken += 1) if (!budget.admit(asker, 'status', requestBytes)) return taken;
    };
    const atOnce = count(10);
    assert.ok(atOnce >= burstWorkMs / 2 && atOnce <= burstWorkMs, `${atOnce} at once`);
    nowMs += 1000;
    const aSecondLater = count(10);
    assert.ok(Math.abs(aSecondLater - workMsPerSecond / 1.5) <= 1, `${aSecondLater} a second`);
    nowMs += 60_000;
    assert.ok(count(4 * MIB) <= burstBytes / (4 * MIB) + 1);
  });

  it('an honest platform catches up from a lone member without being refused once, be blocks small or large', async () => {
    for (const sizeBytes of [400, 30_000]) {
      const chain = chainOf(6000, () => ({ sizeBytes }));
      const network = new FakeNetwork();
      // Two ranges at a time: 25 MiB or 6,400 blocks a second, more than anybody can check.
      network.delayMs = 40;
      const late = network.add('late', []);
      network.connect(late, network.add('server', chain));
      assert.ok(await network.run(120_000, () => late.tip?.block.hash === chain.at(-1)?.block.hash), 'late never caught up');
      const refused = late.effects('notice').filter(({ notice }) => notice.type === 'peer-failed');
      assert.deepEqual(refused, []);
    }
  });

  it('a member that has no time is left alone for a moment, and others are asked; it is not held for a failure', async () => {
    const chain = chainOf(3000, () => ({ sizeBytes: 20_000 }));
    const network = new FakeNetwork();
    const little = { serving: { ...DEFAULT_SERVING_LIMITS, bytesPerSecond: MIB, burstBytes: MIB } };
    const busy = network.add('busy', chain, { server: little });
    const late = network.add('late', []);
    network.connect(late, busy);
    // Alone it is slow, and gets there all the same: 60 MB at its megabyte a second.
    assert.ok(await network.run(90_000, () => late.tip?.block.hash === chain.at(-1)?.block.hash), 'late gave up');
    assert.ok(late.effects('notice').some(({ notice }) => notice.type === 'peer-failed' && notice.reason === 'refused'));
    assert.deepEqual(late.effects('penalize'), []);

    // What is owed for one answer takes four seconds: it asks every two, as long as nobody else serves.
    const quiet = new FakeNetwork();
    const slow = { serving: { ...DEFAULT_SERVING_LIMITS, bytesPerSecond: MIB / 8, burstBytes: MIB / 8 } };
    const patient = quiet.add('patient', []);
    quiet.connect(patient, quiet.add('slow', chain, { server: slow }));
    await quiet.run(60_000);
    const askedMs = patient.requests('BLOCKS').map(({ atMs }) => atMs);
    const pausesMs = askedMs.slice(1).map((atMs, index) => atMs - (askedMs[index] ?? 0));
    assert.ok(Math.max(...pausesMs) < 2500, `it paused for ${Math.max(...pausesMs)} ms`);

    const another = network.add('another', []);
    const free = network.add('free', chain);
    network.connect(another, busy);
    network.connect(another, free);
    const startMs = network.nowMs;
    assert.ok(await network.run(startMs + 20_000, () => another.tip?.block.hash === chain.at(-1)?.block.hash), 'the free one was not asked instead');
  });
});
