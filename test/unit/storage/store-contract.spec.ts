import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VOTE_RETENTION_SLOTS } from '../../../src/storage/consensus-log.js';
import { MemoryDisk } from '../../../src/storage/memory-disk.js';
import type { PlatformStore } from '../../../src/storage/platform-store.js';
import { openMemoryStore, openPlatformStore } from '../../../src/storage/platform-store.js';
import type { StorageErrorCode } from '../../../src/storage/storage-error.js';
import { StorageError } from '../../../src/storage/storage-error.js';
import { toSequence, toSlot } from '../../../src/types/ids.js';
import {
  CHAIN, CHAIN_ID, EPOCH, SIGNATURE, blockAt, chainOf, commit, equivocation, finalRecord, hashOf, ownProposalRecord, prepare, prepareCertificate,
  proposalRecord, skipCertificate, slowCertificate, viewChange, voteRecord,
} from './chain-fixture.js';

const storageError = (code: StorageErrorCode) => (error: unknown): boolean => error instanceof StorageError && error.code === code;

interface Place {
  readonly name: string;
  /** Makes an empty place for one store, and gives how to open it again and again. */
  make(): Promise<{ open(): Promise<PlatformStore>; remove(): Promise<void> }>;
}

const places: readonly Place[] = [
  {
    name: 'LevelDB',
    make: async () => {
      const home = await mkdtemp(join(tmpdir(), 'fb-pbft-store-'));
      return { open: () => openPlatformStore(home, CHAIN), remove: () => rm(home, { recursive: true }) };
    },
  },
  {
    name: 'memory',
    make: () => {
      const disk = new MemoryDisk();
      return Promise.resolve({ open: () => openMemoryStore(disk, CHAIN), remove: () => Promise.resolve() });
    },
  },
];

for (const place of places) {
  describe(`platform store on ${place.name}`, () => {
    let opened: Awaited<ReturnType<Place['make']>>;
    let store: PlatformStore;

    const reopen = async (): Promise<void> => {
      await store.close();
      store = await opened.open();
    };

    beforeEach(async () => {
      opened = await place.make();
      store = await opened.open();
    });
    afterEach(async () => {
      await store.close();
      await opened.remove();
    });

    it('starts at genesis', async () => {
      assert.deepEqual(await store.consensus.load(), { finalTip: CHAIN.genesisTip, blocks: [], proposed: [], votes: [], certificates: [], equivocations: [] });
      assert.equal(store.blocks.finalSequence(), -1);
      assert.equal(await store.blocks.bySequence(toSequence(0)), undefined);
      assert.deepEqual(await store.blocks.range(toSequence(0), 10, 1_000_000), []);
    });

    it('section 5: everything above final comes back after a restart', async () => {
      const block = blockAt({ sequence: 0, slot: 2, parent: CHAIN_ID });
      const own = blockAt({ sequence: 0, slot: 3, parent: CHAIN_ID, salt: 1 });
      const votes = [
        prepare(2, block.hash), prepare(3, own.hash), viewChange(3, { first: false, blockHash: own.hash, basisHash: hashOf('basis') }),
        viewChange(4), prepare(4, block.hash, { first: false }), prepare(4, own.hash, { first: false }), commit(2, block.hash),
      ];
      const certificates = [skipCertificate(0), skipCertificate(1), prepareCertificate(block)];
      const evidence = equivocation(block, own);
      await store.consensus.commit([
        proposalRecord(block), ownProposalRecord(own), { type: 'proposed', epoch: EPOCH, slot: toSlot(3), blockHash: own.hash },
        ...votes.map(voteRecord), ...certificates.map((certificate) => ({ type: 'certificate', certificate }) as const),
        { type: 'equivocation', evidence },
        { type: 'basis', epoch: EPOCH, slot: toSlot(3), basisHash: hashOf('basis'), bytes: Uint8Array.of(1, 2, 3) },
      ]);
      await reopen();
      const state = await store.consensus.load();
      assert.deepEqual(state.blocks.map(({ slot, block: { hash }, signature }) => ({ slot, hash, signature })), [
        { slot: 2, hash: block.hash, signature: SIGNATURE }, { slot: 3, hash: own.hash, signature: undefined },
      ]);
      assert.deepEqual(state.blocks[0]?.block, block);
      assert.deepEqual(state.proposed, [{ slot: 3, blockHash: own.hash }]);
      assert.deepEqual(new Set(state.votes), new Set(votes));
      assert.equal(state.votes.length, votes.length);
      assert.deepEqual(state.certificates, certificates);
      assert.deepEqual(state.equivocations, [evidence]);
      assert.deepEqual(await store.basis(EPOCH, toSlot(3), hashOf('basis')), Uint8Array.of(1, 2, 3));
    });

    it('keeps of each equivocator the proofs of its eight lowest and eight highest slots, whatever was written when (R9)', async () => {
      const [left, right] = [0, 1].map((salt) => blockAt({ sequence: 0, slot: 1, parent: CHAIN_ID, salt }));
      assert.ok(left !== undefined && right !== undefined);
      const shown = async (slots: readonly number[]): Promise<void> => {
        await store.consensus.commit(slots.map((slot) => ({ type: 'equivocation', evidence: { ...equivocation(left, right), slot: toSlot(slot) } })));
      };
      const kept = async (): Promise<number[]> => (await store.blocks.equivocations()).map(({ slot }) => slot);
      const ofMemberOne = Array.from({ length: 30 }, (_, turn) => 4 * turn + 1);
      await store.consensus.load();
      await shown([2, ...ofMemberOne.slice(0, 20)]);
      await reopen();
      await store.consensus.load();
      for (const slot of ofMemberOne.slice(20)) await shown([slot]);
      await shown([4 * 12 + 1, 6]);
      const expected = [2, 6, ...ofMemberOne.slice(0, 8), ...ofMemberOne.slice(-8)].sort((a, b) => a - b);
      assert.deepEqual(await kept(), expected);
      await reopen();
      assert.deepEqual((await store.consensus.load()).equivocations.map(({ slot }) => slot), expected);
    });

    it('section 5: a final block moves the tip on, and comes back with its certificate', async () => {
      const [first, second] = chainOf(2);
      assert.ok(first && second);
      await store.consensus.commit([proposalRecord(first), finalRecord(first, { certified: false }), finalRecord(second)]);
      await reopen();
      const { finalTip } = await store.consensus.load();
      assert.deepEqual(finalTip, { hash: second.hash, slot: 1, sequence: 1, view: 0, timestampMs: 2_001, certificate: slowCertificate(second) });
      assert.deepEqual(await store.blocks.bySequence(toSequence(0)), { block: first, certificate: undefined });
      assert.deepEqual(await store.blocks.byHash(second.hash), { block: second, certificate: slowCertificate(second) });
      assert.equal(await store.blocks.byHash(hashOf('another')), undefined);
      assert.equal(store.blocks.finalSequence(), 1);
    });

    it('R6: nothing at or below the final slot is loaded', async () => {
      const [first, second] = chainOf(2);
      assert.ok(first && second);
      const sibling = blockAt({ sequence: 0, slot: 0, parent: CHAIN_ID, salt: 5 });
      await store.consensus.commit([
        proposalRecord(first), proposalRecord(sibling), proposalRecord(second), voteRecord(prepare(0, first.hash)), voteRecord(prepare(1, second.hash)),
        { type: 'certificate', certificate: prepareCertificate(first) }, { type: 'certificate', certificate: prepareCertificate(second) },
      ]);
      await store.consensus.commit([finalRecord(first)]);
      await reopen();
      const state = await store.consensus.load();
      assert.deepEqual(state.blocks.map(({ block }) => block.hash), [second.hash]);
      assert.deepEqual(state.votes, [prepare(1, second.hash)]);
      assert.deepEqual(state.certificates, [prepareCertificate(second)]);
      assert.equal(await store.blocks.byHash(sibling.hash), undefined);
    });

    it('final blocks are read in ranges, within both limits and with at least one', async () => {
      const blocks = chainOf(6);
      await store.consensus.commit(blocks.map((block) => finalRecord(block)));
      const size = blocks[0]?.sizeBytes ?? 0;
      const sequences = async (from: number, maxCount: number, maxBytes: number): Promise<number[]> => (
        (await store.blocks.range(toSequence(from), maxCount, maxBytes)).map(({ block }) => block.header.sequence)
      );
      assert.deepEqual(await sequences(1, 3, 1_000_000), [1, 2, 3]);
      assert.deepEqual(await sequences(4, 100, 1_000_000), [4, 5]);
      assert.deepEqual(await sequences(0, 100, 2 * size), [0, 1]);
      assert.deepEqual(await sequences(2, 100, 1), [2]);
      assert.deepEqual(await sequences(6, 100, 1_000_000), []);
      assert.deepEqual(await sequences(-1, 100, 1_000_000), []);
    });

    it('the same records again change nothing, as after a restart', async () => {
      const [first] = chainOf(1);
      assert.ok(first);
      const records = [
        proposalRecord(first), { type: 'proposed', epoch: EPOCH, slot: toSlot(0), blockHash: first.hash } as const,
        voteRecord(prepare(0, first.hash)), voteRecord(commit(0, first.hash)),
      ];
      await store.consensus.commit(records);
      await reopen();
      await store.consensus.commit(records);
      await store.consensus.commit([finalRecord(first, { certified: false })]);
      await store.consensus.commit([...records, finalRecord(first)]);
      await reopen();
      assert.deepEqual((await store.consensus.load()).finalTip.certificate, slowCertificate(first));
    });

    it('an own proposal that comes back signed keeps the signature', async () => {
      const [first] = chainOf(1);
      assert.ok(first);
      await store.consensus.commit([ownProposalRecord(first)]);
      await store.consensus.commit([proposalRecord(first)]);
      await store.consensus.commit([ownProposalRecord(first)]);
      await reopen();
      assert.deepEqual((await store.consensus.load()).blocks.map(({ signature }) => signature), [SIGNATURE]);
    });

    describe('refuses what contradicts a durable record (invariant 3)', () => {
      const a = hashOf('a');
      const b = hashOf('b');
      const basis = { first: false, basisHash: hashOf('basis') };
      const contradictions = [
        ['two first votes', prepare(1, a), prepare(1, b)],
        ['R2, R3: first a block, then a time-out', prepare(1, a), viewChange(1)],
        ['R5: COMMIT of another block than the first vote', prepare(1, a), commit(1, b)],
        ['R5: COMMIT after VIEW-CHANGE', viewChange(1), commit(1, a)],
        ['R5: two COMMITs', commit(1, a), commit(1, b)],
        ['R5: PREPARE of another block after COMMIT', commit(1, a), prepare(1, b)],
        ['R5: VIEW-CHANGE after COMMIT', commit(1, a), viewChange(1)],
        ['R4: fallback before any first vote', undefined, prepare(1, a, { first: false })],
        ['R4b: fallback to the block of the first vote', prepare(1, a), prepare(1, a, basis)],
        ['R4c: VIEW-CHANGE(first=0) names another block', prepare(1, a), viewChange(1, { ...basis, blockHash: b })],
      ] as const;
      for (const [name, before, after] of contradictions) {
        it(name, async () => {
          if (before !== undefined) await store.consensus.commit([voteRecord(before)]);
          await reopen();
          const kept = (await store.consensus.load()).votes;
          await assert.rejects(store.consensus.commit([voteRecord(after)]), storageError('conflict'));
          await assert.rejects(store.consensus.commit([voteRecord(prepare(9, a))]), storageError('stopped'));
          await reopen();
          assert.deepEqual((await store.consensus.load()).votes, kept);
        });
      }

      it('R4b: the same fallback with another basis', async () => {
        await store.consensus.commit([prepare(1, a), prepare(1, b, basis)].map(voteRecord));
        await assert.rejects(store.consensus.commit([voteRecord(prepare(1, b, { first: false, basisHash: a }))]), storageError('conflict'));
      });

      it('R5: COMMIT beside a fallback PREPARE of another block', async () => {
        await store.consensus.commit([prepare(1, a), prepare(1, b, basis)].map(voteRecord));
        await assert.rejects(store.consensus.commit([voteRecord(commit(1, a))]), storageError('conflict'));
      });

      it('R1: two proposals in one slot, and a proposal after VIEW-CHANGE', async () => {
        await store.consensus.commit([{ type: 'proposed', epoch: EPOCH, slot: toSlot(1), blockHash: a }, voteRecord(viewChange(2))]);
        await reopen();
        await assert.rejects(store.consensus.commit([{ type: 'proposed', epoch: EPOCH, slot: toSlot(1), blockHash: b }]), storageError('conflict'));
        await reopen();
        await assert.rejects(store.consensus.commit([{ type: 'proposed', epoch: EPOCH, slot: toSlot(2), blockHash: b }]), storageError('conflict'));
      });

      it('a vote in a slot whose earlier votes were deleted', async () => {
        const block = blockAt({ sequence: 0, slot: VOTE_RETENTION_SLOTS + 5, parent: CHAIN_ID });
        await store.consensus.commit([finalRecord(block)]);
        await store.consensus.commit([voteRecord(commit(6, a))]);
        await assert.rejects(store.consensus.commit([voteRecord(commit(5, a))]), storageError('conflict'));
      });

      it('invariant 1: another final block at a final sequence', async () => {
        const [first, second] = chainOf(2);
        assert.ok(first && second);
        await store.consensus.commit([finalRecord(first), finalRecord(second)]);
        for (const slot of [0, 1]) {
          const other = blockAt({ sequence: slot, slot, parent: slot === 0 ? CHAIN_ID : first.hash, salt: 3 });
          await assert.rejects(store.consensus.commit([finalRecord(other)]), storageError('conflict'));
          await reopen();
        }
        assert.equal((await store.blocks.bySequence(toSequence(1)))?.block.hash, second.hash);
      });

      it('invariant 1: a final block that does not extend the final one, or leaves a gap', async () => {
        const blocks = chainOf(3);
        assert.ok(blocks[0] && blocks[2]);
        await store.consensus.commit([finalRecord(blocks[0])]);
        await assert.rejects(store.consensus.commit([finalRecord(blocks[2])]), storageError('conflict'));
        await reopen();
        await assert.rejects(store.consensus.commit([finalRecord(blockAt({ sequence: 1, slot: 1, parent: hashOf('elsewhere') }))]), storageError('conflict'));
      });

      it('nothing of a batch is written when one of its records is refused', async () => {
        const [first] = chainOf(1);
        assert.ok(first);
        await store.consensus.commit([voteRecord(commit(3, a))]);
        await assert.rejects(store.consensus.commit([finalRecord(first), voteRecord(viewChange(3))]), storageError('conflict'));
        assert.equal(store.blocks.finalSequence(), -1);
        await reopen();
        assert.equal(store.blocks.finalSequence(), -1);
        assert.deepEqual((await store.consensus.load()).votes, [commit(3, a)]);
      });
    });

    it('invariant 8: deleting what is below final leaves every final block readable', async () => {
      const rounds = VOTE_RETENTION_SLOTS + 60;
      let parent = CHAIN_ID;
      for (let slot = 0; slot < rounds; slot += 1) {
        const block = blockAt({ sequence: slot, slot, parent });
        const sibling = blockAt({ sequence: slot, slot, parent, salt: 1 });
        await store.consensus.commit([proposalRecord(block), proposalRecord(sibling), voteRecord(prepare(slot, block.hash)), voteRecord(commit(slot, block.hash)),
          { type: 'certificate', certificate: prepareCertificate(block) }]);
        await store.consensus.commit([finalRecord(block)]);
        parent = block.hash;
      }
      await reopen();
      assert.deepEqual((await store.blocks.range(toSequence(0), 1_000, Number.POSITIVE_INFINITY)).map(({ block }) => block.header.sequence), Array.from({ length: rounds }, (_, index) => index));
      await assert.rejects(store.consensus.commit([voteRecord(prepare(rounds - VOTE_RETENTION_SLOTS, hashOf('late')))]), storageError('conflict'));
    });

    it('ledger state: gets, ranges and atomic batches, apart from everything else', async () => {
      const key = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
      await store.state.write(['a', 'b', 'c', 'd'].map((text) => ({ key: key(text), value: key(`${text}${text}`) })));
      await store.state.write([{ key: key('b'), value: undefined }, { key: key(''), value: key('empty key') }]);
      await reopen();
      assert.deepEqual(await store.state.get(key('a')), key('aa'));
      assert.deepEqual(await store.state.getMany([key('b'), key('c'), key('')]), [undefined, key('cc'), key('empty key')]);
      const found: string[] = [];
      for await (const [each] of store.state.iterate({ gte: key('a'), lt: key('z'), limit: 2 })) found.push(Buffer.from(each).toString());
      assert.deepEqual(found, ['a', 'c']);
      assert.equal((await store.consensus.load()).finalTip.sequence, -1);
    });

    it('writes started together become durable in order', async () => {
      const blocks = chainOf(20);
      await Promise.all(blocks.map((block) => store.consensus.commit([finalRecord(block)])));
      assert.equal(store.blocks.finalSequence(), 19);
      await reopen();
      assert.equal(store.blocks.finalSequence(), 19);
    });

    it('R10: a fresh vote store matches from its second start, and a mark of loss lasts until recovery', async () => {
      assert.equal(store.voteStore, 'fresh');
      await reopen();
      assert.equal(store.voteStore, 'matches');
      await store.markVoteStoreLost();
      assert.equal(store.voteStore, 'lost');
      await reopen();
      assert.equal(store.voteStore, 'lost');
      await store.markVoteStoreRecovered();
      await reopen();
      assert.equal(store.voteStore, 'matches');
    });
  });
}
