import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { bytesEqual, bytesToHash, bytesToHex, hexToBytes, sha256, sha256Hash } from '../../../src/crypto/hash.js';
import { merkleLeafHash, merkleProof, merkleRoot, merkleRootOfLeafHashes, verifyMerkleProof } from '../../../src/crypto/merkle.js';

const reference = (...parts: readonly Uint8Array[]): string => createHash('sha256').update(Buffer.concat(parts)).digest('hex');
const bytes = fc.uint8Array({ maxLength: 200 });

describe('hash and hex', () => {
  it('sha256 as bytes and as hexadecimal', () => {
    fc.assert(fc.property(bytes, (value) => {
      assert.equal(sha256Hash(value), reference(value));
      assert.equal(bytesToHex(sha256(value)), reference(value));
    }));
    assert.equal(sha256Hash(Buffer.from('abc')), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('hex both ways; nothing but lower-case pairs is taken', () => {
    fc.assert(fc.property(bytes, (value) => { assert.deepEqual(hexToBytes(bytesToHex(value)), new Uint8Array(value)); }));
    for (const bad of ['a', 'AB', 'zz', 'ab ', '0x00']) assert.throws(() => hexToBytes(bad), TypeError);
    assert.throws(() => bytesToHash(new Uint8Array(31)), /64 lower-case/);
  });

  it('bytesEqual compares length and content', () => {
    assert.equal(bytesEqual(Uint8Array.of(1, 2), Buffer.from([1, 2])), true);
    assert.equal(bytesEqual(Uint8Array.of(1, 2), Uint8Array.of(1, 3)), false);
    assert.equal(bytesEqual(Uint8Array.of(1, 2), Uint8Array.of(1)), false);
  });
});

describe('merkle tree (section 6)', () => {
  const leavesOf = (count: number): Uint8Array[] => Array.from({ length: count }, (_, index) => new Uint8Array(Buffer.from(`leaf ${index}`)));
  /** RFC 6962, section 2.1, word for word. */
  const rfc6962 = (leaves: readonly Uint8Array[]): string => {
    if (leaves.length === 0) return reference();
    if (leaves.length === 1) return reference(Uint8Array.of(0), leaves[0]!);
    let split = 1;
    while (split * 2 < leaves.length) split *= 2;
    return reference(Uint8Array.of(1), Buffer.from(rfc6962(leaves.slice(0, split)), 'hex'), Buffer.from(rfc6962(leaves.slice(split)), 'hex'));
  };

  it('has the roots of RFC 6962, for 0 to 70 leaves', () => {
    for (let count = 0; count <= 70; count += 1) {
      assert.equal(merkleRoot(leavesOf(count)), rfc6962(leavesOf(count)), `${count} leaves`);
      assert.equal(merkleRootOfLeafHashes(leavesOf(count).map(merkleLeafHash)), merkleRoot(leavesOf(count)));
    }
  });

  it('tells a repeated last leaf, and a node posing as a leaf (CVE-2012-2459 and second preimages)', () => {
    const [a, b, c] = leavesOf(3);
    assert.notEqual(merkleRoot([a!, b!, c!]), merkleRoot([a!, b!, c!, c!]));
    const node = Buffer.from(merkleLeafHash(a!) + merkleLeafHash(b!), 'hex');
    assert.notEqual(merkleRoot([node]), merkleRoot([a!, b!]));
  });

  it('proves every leaf of 1 to 20, and no other leaf, place, size or root', () => {
    for (let count = 1; count <= 20; count += 1) {
      const leaves = leavesOf(count);
      const root = merkleRoot(leaves);
      leaves.forEach((leaf, index) => {
        const proof = merkleProof(leaves, index);
        assert.equal(verifyMerkleProof(leaf, proof, root), true, `${index} of ${count}`);
        assert.equal(verifyMerkleProof(Buffer.from('other'), proof, root), false);
        assert.equal(verifyMerkleProof(leaf, { ...proof, path: [...proof.path, root] }, root), false);
        assert.equal(verifyMerkleProof(leaf, { ...proof, path: proof.path.slice(1) }, root), count === 1);
        assert.equal(verifyMerkleProof(leaf, { ...proof, index: count }, root), false);
        assert.equal(verifyMerkleProof(leaf, { ...proof, index: -1 }, root), false);
        if (count > 1) assert.equal(verifyMerkleProof(leaf, { ...proof, index: index ^ 1 }, root), false);
        assert.equal(verifyMerkleProof(leaf, proof, merkleRoot(leavesOf(count + 1))), false);
      });
    }
    assert.throws(() => merkleProof(leavesOf(2), 2), RangeError);
    assert.throws(() => merkleProof([], 0), RangeError);
  });
});
