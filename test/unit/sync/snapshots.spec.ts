import assert from 'node:assert/strict';
import { sha256Hash } from '../../../src/crypto/hash.js';
import { SyncEngine } from '../../../src/sync/engine.js';
import type { OwnPosition, SyncEffect, SyncInput } from '../../../src/sync/events.js';
import { IntakeError } from '../../../src/sync/intake.js';
import type { SyncSettings } from '../../../src/sync/settings.js';
import { SnapshotFetcher, WrongSnapshotError, type ProvenOffer } from '../../../src/sync/snapshot-fetcher.js';
import { toSequence, toSlot, type PublicKeyHex } from '../../../src/types/ids.js';
import type { Verified } from '../../../src/types/messages.js';
import type { SnapshotManifest } from '../../../src/types/snapshot.js';
import type { CommittedBlock, Status, SyncResponse } from '../../../src/types/sync.js';
import { chainOf, EPOCH, hashOf, peerNamed } from './fake-chain.js';

const [A, B, C] = [peerNamed('a'), peerNamed('b'), peerNamed('c')];
const chunk = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

interface Peer {
  readonly sequence?: number;
  readonly chunks: readonly Uint8Array[];
  readonly change?: Partial<SnapshotManifest>;
  /** What it serves in place of a chunk; undefined for nothing, an error for no answer. */
  readonly serve?: (index: number, count: number) => Uint8Array | undefined;
  readonly refused?: IntakeError;
  readonly takesMs?: number;
  /** It has no time for chunks before. */
  readonly busyUntilMs?: number;
}

function offerOf({ sequence = 10, chunks, change = {} }: Peer): ProvenOffer {
  const manifest: SnapshotManifest = {
    sequence: toSequence(sequence), stateRoot: hashOf(`state ${sequence}`), entryCount: 1,
    sizeBytes: chunks.reduce((sum, { byteLength }) => sum + byteLength, 0), chunkHashes: chunks.map((bytes) => sha256Hash(bytes)), ...change,
  };
  return { manifest, checkpoints: [], blocks: chainOf(sequence + 1).slice(sequence) as Verified<CommittedBlock>[] };
}

class Fetching {
  readonly fetcher: SnapshotFetcher;
  readonly peers = new Map<PublicKeyHex, Peer>();
  readonly asked: string[] = [];
  readonly penalized: PublicKeyHex[] = [];
  readonly draft = new Map<string, Uint8Array>();
  /** The content that is the certified state's, by sequence; anything else has another root. */
  readonly truth = new Map<number, string>();
  readonly restored: number[] = [];
  nowMs = 0;
  freeBytes: number | undefined;
  mostKeptBytes = 0;
  #served = 0;

  constructor() {
    this.fetcher = new SnapshotFetcher({
      request: async (key, request) => {
        const peer = this.peers.get(key);
        assert.ok(peer !== undefined);
        await Promise.resolve();
        if (request.type === 'SNAPSHOT-REQUEST') return { type: 'SNAPSHOT-RESPONSE', offer: offerOf(peer) };
        if (request.type !== 'CHUNK-REQUEST') throw new Error('unexpected');
        this.asked.push(`${[A, B, C].indexOf(key)}:${request.index}`);
        this.nowMs += peer.takesMs ?? 0;
        this.#served += 1;
        if (peer.busyUntilMs !== undefined && this.nowMs < peer.busyUntilMs) throw new IntakeError('refused', 'busy');
        return { type: 'CHUNK-RESPONSE', chunk: peer.serve === undefined ? peer.chunks[request.index] : peer.serve(request.index, this.#served) } satisfies SyncResponse;
      },
      prove: (offer) => {
        const { refused } = [...this.peers.values()].find((peer) => peer.sequence === offer.manifest.sequence) ?? {};
        if (refused !== undefined) throw refused;
        return offer as ProvenOffer;
      },
      draft: {
        beginFetched: (sequence) => {
          for (const key of this.draft.keys()) if (!key.startsWith(`${sequence}/`)) this.draft.delete(key);
          return Promise.resolve();
        },
        fetchedChunk: (sequence, index) => Promise.resolve(this.draft.get(`${sequence}/${index}`)),
        forgetFetched: () => {
          this.draft.clear();
          return Promise.resolve();
        },
        freeBytes: () => Promise.resolve(this.freeBytes),
        keepFetched: (sequence, index, bytes) => {
          this.draft.set(`${sequence}/${index}`, bytes);
          this.mostKeptBytes = Math.max(this.mostKeptBytes, [...this.draft.values()].reduce((sum, { byteLength }) => sum + byteLength, 0));
          return Promise.resolve();
        },
      },
      restore: ({ manifest }) => {
        const content = manifest.chunkHashes.map((_, index) => Buffer.from(this.draft.get(`${manifest.sequence}/${index}`) ?? []).toString()).join('');
        if (content !== this.truth.get(manifest.sequence)) return Promise.reject(new WrongSnapshotError('another root'));
        this.restored.push(manifest.sequence);
        return Promise.resolve();
      },
      penalize: (peer) => { this.penalized.push(peer); },
      progress: () => undefined,
      nowMs: () => this.nowMs,
      pause: (durationMs) => {
        this.nowMs += durationMs;
        return Promise.resolve();
      },
    });
  }

  fetch(minSequence = 0): Promise<ProvenOffer | undefined> {
    return this.fetcher.fetch([...this.peers.keys()], { minSequence, vouchers: 2 });
  }
}

const CHUNKS = ['one ', 'two ', 'three ', 'four ', 'five ', 'six '].map(chunk);
const STATE = 'one two three four five six ';

describe('sync: fetching a snapshot (section 7, Snapshots)', () => {
  let fetching: Fetching;
  beforeEach(() => {
    fetching = new Fetching();
    fetching.truth.set(10, STATE);
    fetching.truth.set(20, STATE);
  });

  it('takes the highest that enough peers vouch for, its chunks from all of those', async () => {
    for (const key of [A, B, C]) fetching.peers.set(key, { sequence: key === C ? 10 : 20, chunks: CHUNKS });
    assert.equal((await fetching.fetch())?.manifest.sequence, 20);
    assert.deepEqual(fetching.restored, [20]);
    assert.deepEqual([...fetching.asked].sort(), ['0:0', '0:2', '0:4', '1:1', '1:3', '1:5']);
  });

  it('one that a single peer offers, though higher, waits behind one that f + 1 offer; alone it is taken', async () => {
    fetching.peers.set(A, { sequence: 20, chunks: CHUNKS });
    for (const key of [B, C]) fetching.peers.set(key, { sequence: 10, chunks: CHUNKS });
    assert.equal((await fetching.fetch())?.manifest.sequence, 10);
    fetching.peers.delete(B);
    fetching.peers.delete(C);
    assert.equal((await fetching.fetch())?.manifest.sequence, 20);
  });

  it('a peer that has no time for a chunk is asked again later, after the others (issue 10, A)', async () => {
    fetching.peers.set(A, { chunks: CHUNKS, busyUntilMs: 3000 });
    assert.equal((await fetching.fetch())?.manifest.sequence, 10);
    assert.ok(fetching.nowMs >= 3000 && fetching.asked.length < 6 * 8, `asked ${fetching.asked.length} times`);
    fetching.nowMs = 0;
    fetching.draft.clear();
    fetching.peers.set(B, { chunks: CHUNKS });
    assert.equal((await fetching.fetch())?.manifest.sequence, 10);
    assert.ok(fetching.nowMs < 3000, 'it waited though another had time');
    assert.deepEqual(fetching.penalized, []);
  });

  it('a peer that never has time is given up', async () => {
    fetching.peers.set(A, { chunks: CHUNKS, busyUntilMs: Infinity });
    await assert.rejects(fetching.fetch(), (error) => error instanceof IntakeError && error.reason === 'unreachable');
  });

  it('offers below what is of use, and none at all, come to nothing', async () => {
    fetching.peers.set(A, { chunks: CHUNKS });
    assert.equal(await fetching.fetch(11), undefined);
    assert.deepEqual([fetching.restored, fetching.asked], [[], []]);
  });

  it('a false manifest is found out before the end, its server is named and never asked again, and another serves', async () => {
    fetching.peers.set(A, { sequence: 20, chunks: [chunk('made '), chunk('up')] });
    fetching.peers.set(B, { sequence: 10, chunks: CHUNKS });
    assert.equal((await fetching.fetch())?.manifest.sequence, 10);
    assert.deepEqual(fetching.penalized, [A]);
    fetching.asked.length = 0;
    await fetching.fetch();
    assert.ok(fetching.asked.every((asked) => !asked.startsWith('0')));
    fetching.peers.delete(B);
    assert.equal(await fetching.fetch(), undefined);
  });

  for (const [name, sizeBytes] of [['more', 1_000_000], ['less', 12]] as const) {
    it(`a manifest that claims ${name} bytes than its chunks have is false`, async () => {
      fetching.peers.set(A, { chunks: CHUNKS, change: { sizeBytes } });
      await assert.rejects(fetching.fetch(), WrongSnapshotError);
      assert.deepEqual([fetching.penalized, fetching.restored], [[A], []]);
      assert.ok(fetching.mostKeptBytes <= sizeBytes);
      assert.equal(fetching.draft.size, 0, 'what a liar gave is not kept');
    });
  }

  it('a wrong chunk costs its server its standing, and comes from another', async () => {
    fetching.peers.set(A, { chunks: CHUNKS, serve: () => chunk('nonsense') });
    fetching.peers.set(B, { chunks: CHUNKS });
    assert.equal((await fetching.fetch())?.manifest.sequence, 10);
    assert.ok(fetching.penalized.length > 0 && fetching.penalized.every((peer) => peer === A));
  });

  it('a server that vanishes half-way is no offence; the others go on, and what was kept is not fetched again', async () => {
    const vanishing: Peer = { chunks: CHUNKS, serve: (index, count) => (count > 4 ? undefined : CHUNKS[index]) };
    fetching.peers.set(A, vanishing);
    await assert.rejects(fetching.fetch(), (error: unknown) => error instanceof IntakeError && error.reason === 'unreachable');
    assert.deepEqual([fetching.penalized, fetching.restored, fetching.draft.size], [[], [], 4]);
    fetching.asked.length = 0;
    fetching.draft.set('10/1', chunk('damaged by a crash'));
    fetching.peers.set(A, { chunks: CHUNKS });
    assert.equal((await fetching.fetch())?.manifest.sequence, 10);
    assert.deepEqual([...fetching.asked].sort(), ['0:1', '0:4', '0:5']);
  });

  it('a slow server is asked for no more than what it has under way, while there is another', async () => {
    fetching.peers.set(A, { chunks: CHUNKS, takesMs: 6_000 });
    fetching.peers.set(B, { chunks: CHUNKS });
    fetching.nowMs = 0;
    await fetching.fetch();
    assert.ok(fetching.asked.filter((asked) => asked.startsWith('0')).length <= 2, fetching.asked.join(' '));
    assert.deepEqual(fetching.penalized, []);
  });

  it('an offer that proves nothing counts against its server; one that cannot be judged does not', async () => {
    for (const [reason, penalized] of [['invalid', [A]], ['refused', []]] as const) {
      const run = new Fetching();
      run.peers.set(A, { sequence: 10, chunks: CHUNKS, refused: new IntakeError(reason, 'no quorum') });
      assert.equal(await run.fetch(), undefined);
      assert.deepEqual(run.penalized, penalized);
    }
  });

  describe('a manifest that nobody vouches for cannot fill the disk', () => {
    const LARGE = { chunks: CHUNKS, change: { sizeBytes: 1_000_000 } } as const;

    it('not fetched where it promises more than an eighth of what is free; said so; not penalized, as it may be true', async () => {
      fetching.freeBytes = 7_999_999;
      fetching.peers.set(A, LARGE);
      await assert.rejects(fetching.fetch(), (error: unknown) => error instanceof IntakeError && error.reason === 'refused' && /0.0010 GB by 1 peer\(s\) only.*once 2 offer it/.test(error.message));
      assert.deepEqual([fetching.asked, fetching.penalized, fetching.mostKeptBytes], [[], [], 0]);
    });

    it('a smaller one that another offers is fetched', async () => {
      fetching.freeBytes = 8 * STATE.length;
      fetching.peers.set(A, { ...LARGE, sequence: 20 });
      fetching.peers.set(B, { chunks: CHUNKS });
      assert.equal((await fetching.fetch())?.manifest.sequence, 10);
      assert.ok(fetching.asked.every((asked) => asked.startsWith('1')));
    });

    it('that of f + 1 peers is fetched, whatever its size', async () => {
      fetching.freeBytes = 1;
      for (const key of [A, B]) fetching.peers.set(key, { chunks: CHUNKS });
      assert.equal((await fetching.fetch())?.manifest.sequence, 10);
    });

    it('a GiB at most where nobody can tell what is free', async () => {
      for (const [sizeBytes, isAsked] of [[2 ** 30, true], [2 ** 30 + 1, false], [Number.MAX_SAFE_INTEGER, false]] as const) {
        const run = new Fetching();
        run.peers.set(A, { chunks: CHUNKS, change: { sizeBytes } });
        await assert.rejects(run.fetch());
        assert.equal(run.asked.length > 0, isAsked);
      }
    });

    it('no chunk of one whose root no quorum has certified is asked for', async () => {
      fetching.peers.set(A, { sequence: 10, chunks: CHUNKS, refused: new IntakeError('invalid', 'its root has CHECKPOINTs of 2 members, fewer than 3') });
      assert.equal(await fetching.fetch(), undefined);
      assert.deepEqual([fetching.asked, fetching.mostKeptBytes, fetching.penalized], [[], 0, [A]]);
    });
  });

  it('a fault of the own disk comes through', async () => {
    fetching.peers.set(A, { chunks: CHUNKS });
    fetching.draft.set = () => { throw new Error('disk full'); };
    await assert.rejects(fetching.fetch(), /disk full/);
    assert.deepEqual(fetching.penalized, []);
  });
});

describe('sync: when a snapshot is fetched (section 7, Snapshots)', () => {
  const chain = chainOf(200);
  const tip = chain.at(-1)!;

  class Engine {
    readonly engine: SyncEngine;
    nowMs = 0;
    effects: SyncEffect[] = [];
    own: OwnPosition;

    constructor(settings: Partial<SyncSettings> = {}, own: Partial<OwnPosition> = {}) {
      const low = chain[9]!.block;
      this.own = {
        epoch: EPOCH, finalSlot: low.header.slot, finalSequence: low.header.sequence, finalHash: low.hash, durableSequence: low.header.sequence,
        currentSlot: toSlot(10), workPending: false, stateMissing: false, backlogFull: false, ...own,
      };
      this.engine = new SyncEngine({ own: this.own, others: [], nowMs: 0, settings });
    }

    step(input: SyncInput): void {
      this.effects.push(...this.engine.step(input, this.nowMs));
    }

    ahead(peer: PublicKeyHex): void {
      this.step({ type: 'peer-connected', peer });
      const { slot, sequence } = tip.block.header;
      this.step({ type: 'peer-status', peer, status: {
        epoch: EPOCH, finalSlot: slot, finalSequence: sequence, finalHash: tip.block.hash, currentSlot: toSlot(slot + 1), finalityCertificate: tip.certificate,
        highestCertificate: undefined, observing: false,
      } as Status as Verified<Status> });
    }

    pass(ms: number): void {
      this.nowMs += ms;
      this.step({ type: 'tick' });
    }

    blocksRequests(): Extract<SyncEffect, { type: 'request' }>[] {
      return this.effects.filter((effect) => effect.type === 'request').filter(({ plan }) => plan.type === 'BLOCKS');
    }

    /** Answers every BLOCKS request so far. */
    answer(firstSequence: number): void {
      for (const { requestId } of this.blocksRequests()) {
        this.step({ type: 'answered', requestId, answer: { type: 'BLOCKS', finalSequence: tip.block.header.sequence, firstSequence: toSequence(firstSequence), proven: [], unproven: [] } });
      }
      this.effects = this.effects.filter((effect) => effect.type !== 'request');
    }

    asked(): Extract<SyncEffect, { type: 'fetch-snapshot' }>[] {
      return this.effects.filter((effect) => effect.type === 'fetch-snapshot');
    }
  }

  it('not while a peer serves the blocks; once all that are ahead have pruned them, from all that are connected', () => {
    const run = new Engine();
    for (const peer of [A, B]) run.ahead(peer);
    run.pass(200);
    assert.equal(run.asked().length, 0);
    assert.ok(run.blocksRequests().length > 0);
    for (let turn = 0; turn < 3; turn += 1) {
      run.answer(150);
      run.pass(100);
    }
    assert.deepEqual(run.asked().map(({ peers, minSequence }) => [peers, minSequence]), [[[A, B], 10]]);
  });

  it('no block is asked for meanwhile; afterwards they are again, and another snapshot only after a pause', () => {
    const run = new Engine({ snapshotAboveBlocks: 50 });
    run.ahead(A);
    run.pass(1_000);
    assert.equal(run.asked().length, 1);
    assert.equal(run.blocksRequests().length, 0);
    run.pass(60_000);
    assert.deepEqual([run.asked().length, run.blocksRequests().length], [1, 0]);
    run.step({ type: 'snapshot-ended' });
    run.pass(1_000);
    assert.equal(run.asked().length, 1);
    assert.ok(run.blocksRequests().length > 0, 'it came to nothing, so blocks are tried');
    run.pass(30_000);
    assert.equal(run.asked().length, 2);
  });

  it('further behind than snapshotAboveBlocks, at once; not where it is less', () => {
    for (const [snapshotAboveBlocks, count] of [[189, 1], [190, 0]] as const) {
      const run = new Engine({ snapshotAboveBlocks });
      run.ahead(A);
      assert.equal(run.asked().length, count);
    }
  });

  it('where the state is missing, though no block is', () => {
    const { header, hash } = tip.block;
    const run = new Engine({}, { stateMissing: true, finalSlot: header.slot, finalSequence: header.sequence, finalHash: hash, durableSequence: header.sequence, currentSlot: toSlot(header.slot + 1) });
    run.ahead(A);
    assert.equal(run.asked().length, 1);
  });

  it('one that says it has the blocks, and serves none, does not keep it waiting for ever', () => {
    const run = new Engine();
    for (const peer of [A, B]) run.ahead(peer);
    for (let turn = 0; turn < 200 && run.asked().length === 0; turn += 1) {
      run.pass(500);
      for (const request of run.blocksRequests()) {
        run.step({ type: 'answered', requestId: request.requestId, answer: {
          type: 'BLOCKS', finalSequence: tip.block.header.sequence, firstSequence: toSequence(request.peer === A ? 150 : 0), proven: [], unproven: [],
        } });
      }
      run.effects = run.effects.filter((effect) => effect.type !== 'request');
    }
    assert.equal(run.asked().length, 1);
    assert.ok(run.nowMs < 30_000, `${run.nowMs} ms`);
  });
});
