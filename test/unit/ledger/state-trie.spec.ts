import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bytesToHash, bytesToHex, sha256, sha256Hash } from '../../../src/crypto/hash.js';
import { Leaves } from '../../../src/ledger/state-trie/leaves.js';
import { Page } from '../../../src/ledger/state-trie/page.js';
import type { StateProof } from '../../../src/ledger/state-trie/proof.js';
import { verifyStateProof } from '../../../src/ledger/state-trie/proof.js';
import { StateTrie } from '../../../src/ledger/state-trie/trie.js';
import type { StateChange, StateStore } from '../../../src/storage/stores.js';
import { ZERO_HASH } from '../../../src/types/ids.js';

/** Plain map in the place of a StateStore. */
class PageStore implements Pick<StateStore, 'get' | 'getMany'> {
  readonly entries = new Map<string, Uint8Array>();
  get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.entries.get(bytesToHex(key)));
  }
  getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    return Promise.all(keys.map((key) => this.get(key)));
  }
  write(changes: readonly StateChange[]): void {
    for (const { key, value } of changes) {
      if (value === undefined) this.entries.delete(bytesToHex(key));
      else this.entries.set(bytesToHex(key), value);
    }
  }
}

/** The definition, written once more and as plainly as possible; keys by the bits of their hash. */
function naiveRoot(contents: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const leaves = [...contents].map(([key, value]) => {
    const keyHash = sha256(Buffer.from(key));
    return { bits: [...keyHash].map((byte) => byte.toString(2).padStart(8, '0')).join(''), hash: sha256(Buffer.concat([Uint8Array.of(0), keyHash, sha256(value)])) };
  });
  const rootOf = (subtree: typeof leaves, depth: number): Uint8Array => {
    if (subtree.length === 0) return new Uint8Array(32);
    if (subtree.length === 1) return subtree[0]!.hash;
    const half = (bit: string): Uint8Array => rootOf(subtree.filter(({ bits }) => bits[depth] === bit), depth + 1);
    return sha256(Buffer.concat([Uint8Array.of(1), half('0'), half('1')]));
  };
  return rootOf(leaves, 0);
}

type Change = readonly [string, Uint8Array | undefined];

async function applyTo(trie: StateTrie, store: PageStore, changes: readonly Change[]): Promise<void> {
  const last = new Map(changes);
  store.write(await trie.update(Leaves.of([...last].map(([key, value]) => [Buffer.from(key), value] as const))));
}

const change: fc.Arbitrary<Change> = fc.tuple(fc.nat(40).map(String), fc.option(fc.uint8Array({ maxLength: 4 }), { nil: undefined }));

describe('state trie', () => {
  it('section 6: the root of nothing is zero, and of one entry its leaf', async () => {
    const store = new PageStore();
    const trie = new StateTrie(store, { prefix: 5 });
    assert.equal(await trie.root(), ZERO_HASH);
    await applyTo(trie, store, [['a', Uint8Array.of(1)]]);
    const keyHash = sha256(Buffer.from('a'));
    assert.equal(await trie.root(), sha256Hash(Buffer.concat([Uint8Array.of(0), keyHash, sha256(Uint8Array.of(1))])));
    await applyTo(trie, store, [['a', undefined]]);
    assert.equal(await trie.root(), ZERO_HASH);
    assert.equal(store.entries.size, 0);
  });

  it('golden: the root of a hundred entries', async () => {
    const store = new PageStore();
    const trie = new StateTrie(store, { prefix: 5 });
    await applyTo(trie, store, Array.from({ length: 100 }, (_, index) => [`key ${index}`, Buffer.from(`value ${index}`)] as const));
    assert.equal(await trie.root(), '4336443501812f34db0ae10d829ce68fc76ae6e8d15492920178685756a68d53');
  });

  it('section 6: the root is that of the definition, whatever the batches, caches and deletions on the way', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.array(change, { maxLength: 30 }), { maxLength: 8 }), fc.integer({ min: 1, max: 3 }), async (batches, maxCachedPages) => {
      const store = new PageStore();
      const cached = new StateTrie(store, { prefix: 5, maxCachedPages });
      const contents = new Map<string, Uint8Array>();
      for (const batch of batches) {
        await applyTo(cached, store, batch);
        for (const [key, value] of batch) {
          if (value === undefined) contents.delete(key);
          else contents.set(key, value);
        }
        assert.equal(await cached.root(), bytesToHash(naiveRoot(contents)));
        assert.equal(await new StateTrie(store, { prefix: 5 }).root(), bytesToHash(naiveRoot(contents)));
      }
    }), { numRuns: 60 });
  });

  it('the same contents leave the same pages, whatever way led there', async () => {
    await fc.assert(fc.asyncProperty(fc.array(change, { maxLength: 60 }), async (changes) => {
      const stepwise = new PageStore();
      const trie = new StateTrie(stepwise, { prefix: 5 });
      for (const each of changes) await applyTo(trie, stepwise, [each]);
      const atOnce = new PageStore();
      const contents = [...new Map(changes)].filter(([, value]) => value !== undefined);
      await applyTo(new StateTrie(atOnce, { prefix: 5 }), atOnce, contents);
      assert.deepEqual(new Map([...stepwise.entries].sort()), new Map([...atOnce.entries].sort()));
    }), { numRuns: 40 });
  });

  it('proves each entry, and nothing else', async () => {
    const store = new PageStore();
    const trie = new StateTrie(store, { prefix: 5 });
    const contents = Array.from({ length: 300 }, (_, index) => [`key ${index}`, Buffer.from(`value ${index}`)] as const);
    await applyTo(trie, store, contents);
    const root = await trie.root();
    const proofOf = (key: string): Promise<StateProof | undefined> => trie.prove(sha256Hash(Buffer.from(key)));
    for (const [key, value] of contents) {
      const proof = await proofOf(key);
      assert.ok(proof);
      assert.ok(verifyStateProof(root, Buffer.from(key), value, proof));
      assert.ok(!verifyStateProof(root, Buffer.from(key), Buffer.from('another'), proof));
      assert.ok(!verifyStateProof(root, Buffer.from('key 1000'), value, proof));
      assert.ok(!verifyStateProof(root, Buffer.from(key), value, { siblings: proof.siblings.slice(1) }));
      assert.ok(!verifyStateProof(root, Buffer.from(key), value, { siblings: [...proof.siblings, ZERO_HASH] }));
    }
    assert.equal(await proofOf('key 1000'), undefined);
    const hostile: StateProof = { siblings: Array.from({ length: 300 }, () => ZERO_HASH) };
    assert.ok(!verifyStateProof(root, Buffer.from('key 1'), Buffer.from('value 1'), hostile));
  });

  it('a damaged page is refused', () => {
    for (const bytes of [Uint8Array.of(), Uint8Array.of(0, 1, 0, 0), Uint8Array.of(0, 1, 0, 1), Uint8Array.of(0, 0, 0, 0, 9)]) {
      assert.throws(() => Page.decode(bytes), { name: 'CodecError' });
    }
  });
});
