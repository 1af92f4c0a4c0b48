import assert from 'node:assert/strict';
import { Point, hashes, verify as cofactoredVerify } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { CryptoError } from '../../../src/crypto/crypto-error.js';
import { createSigner, generateSeed, nodeSigner, nodeVerifier, selectVerifier, sodiumSigner, sodiumVerifier } from '../../../src/crypto/ed25519.js';
import type { Ed25519Verifier } from '../../../src/crypto/ed25519.js';
import { assertMemberKey, isCanonical, isSmallOrder, isTorsionFree } from '../../../src/crypto/ed25519-encoding.js';
import { EDGE_VECTORS } from '../../../src/crypto/edge-vectors.js';
import { bytesToHex, hexToBytes } from '../../../src/crypto/hash.js';
import { portableVerifier } from '../../../src/crypto/portable-verifier.js';
import { toPublicKeyHex } from '../../../src/types/ids.js';

hashes.sha512 = sha512;
const VERIFIERS = [sodiumVerifier(), nodeVerifier(), portableVerifier].filter((verifier) => verifier !== undefined);
const TORSION = Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05');

/**
 * What the edge vectors must tell from the rule: node:crypto as it is up to Node.js 22, which takes points of small order
 * where the equation holds (later ones do not), and noble's own verify.
 */
const UNFIT: readonly Ed25519Verifier[] = [
  {
    name: 'bare OpenSSL',
    verify: (publicKey, message, signature) => (
      isSmallOrder(publicKey) || isSmallOrder(signature.subarray(0, 32))
        ? cofactoredVerify(signature, message, publicKey, { zip215: true })
        : nodeVerifier().verify(publicKey, message, signature)),
  },
  { name: 'noble, ZIP 215', verify: (publicKey, message, signature) => cofactoredVerify(signature, message, publicKey, { zip215: true }) },
  { name: 'noble, RFC 8032', verify: (publicKey, message, signature) => cofactoredVerify(signature, message, publicKey, { zip215: false }) },
  { name: 'accepts all', verify: () => true },
  { name: 'accepts none', verify: () => false },
];

describe('Ed25519 (section 12)', () => {
  for (const verifier of VERIFIERS) {
    for (const { name, publicKey, message, signature, valid } of EDGE_VECTORS) {
      it(`${verifier.name}: ${name} is ${valid ? 'valid' : 'invalid'}`, () => {
        assert.equal(verifier.verify(hexToBytes(publicKey), hexToBytes(message), hexToBytes(signature)), valid);
      });
    }

    it(`${verifier.name}: wrong lengths are invalid, not an exception`, () => {
      const { publicKey, message, signature } = EDGE_VECTORS[0]!;
      const [key, signed, bytes] = [hexToBytes(publicKey), hexToBytes(message), hexToBytes(signature)];
      assert.equal(verifier.verify(key, signed, bytes), true);
      for (const [a, s] of [[key.subarray(1), bytes], [key, bytes.subarray(1)], [new Uint8Array(0), bytes], [key, new Uint8Array(65)], [new Uint8Array(33), bytes]] as const) {
        assert.equal(verifier.verify(a, signed, s), false);
      }
    });

    it(`${verifier.name} passes the start-up check`, () => { assert.equal(selectVerifier(verifier), verifier); });
  }

  it('selects sodium-native where it loads, else node:crypto', () => {
    assert.equal(selectVerifier().name, sodiumVerifier() === undefined ? 'node:crypto' : 'sodium-native');
  });

  it('a verifier leaves what it is given as it is, and takes a Buffer for the bytes it holds', () => {
    for (const { publicKey, message, signature, valid } of EDGE_VECTORS) {
      for (const verifier of VERIFIERS) {
        const given = [publicKey, message, signature].map((hex) => Buffer.from(hex, 'hex'));
        const [key, text, signed] = given as [Buffer, Buffer, Buffer];
        assert.equal(verifier.verify(key, text, signed), valid, verifier.name);
        assert.deepEqual(given.map((bytes) => bytes.toString('hex')), [publicKey, message, signature], verifier.name);
      }
    }
  });

  for (const unfit of UNFIT) {
    it(`refuses to start on a verifier that follows another rule: ${unfit.name}`, () => {
      assert.throws(() => selectVerifier(unfit), (error) => error instanceof CryptoError && error.code === 'edge-vectors-failed');
    });
  }

  it('the edge vectors cover what section 12 names, and the equations of the refused ones hold', () => {
    const named = (pattern: RegExp): number => EDGE_VECTORS.filter(({ name, valid }) => !valid && pattern.test(name)).length;
    assert.ok(named(/^A is small order/) === 8 && named(/^R is small order/) === 8);
    assert.ok(named(/^A is non-canonical/) >= 4 && named(/^R is non-canonical/) >= 4);
    assert.ok(named(/cofactored only/) >= 6 && named(/^S \+/) >= 3 && named(/flipped/) >= 5);
    const zip215 = UNFIT[1]!;
    for (const { name, publicKey, message, signature } of EDGE_VECTORS.filter((vector) => /equation holds|cofactored only/.test(vector.name))) {
      assert.equal(zip215.verify(hexToBytes(publicKey), hexToBytes(message), hexToBytes(signature)), true, name);
    }
  });

  it('all verifiers agree on signatures with torsion mixed into A and R, and on broken ones', () => {
    const arbitrary = fc.record({
      seed: fc.uint8Array({ minLength: 32, maxLength: 32 }), message: fc.uint8Array({ maxLength: 100 }), keyTorsion: fc.nat(7), nonceTorsion: fc.nat(7), bit: fc.nat(2047),
    });
    const order = Point.CURVE().n;
    const toInteger = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
    const torsion = (k: number): Point => (k === 0 ? Point.ZERO : TORSION.multiply(BigInt(k), false));
    let accepted = 0;
    fc.assert(fc.property(arbitrary, ({ seed, message, keyTorsion, nonceTorsion, bit }) => {
      const secret = (toInteger(sha512(seed)) % (order - 1n)) + 1n;
      const nonce = (toInteger(sha512(sha512(seed))) % (order - 1n)) + 1n;
      const a = Point.BASE.multiply(secret).add(torsion(keyTorsion)).toBytes();
      const r = Point.BASE.multiply(nonce).add(torsion(nonceTorsion)).toBytes();
      const k = toInteger(sha512(Buffer.concat([r, a, message]))) % order;
      const s = Buffer.from(((nonce + k * secret) % order).toString(16).padStart(64, '0'), 'hex').reverse();
      const signature = new Uint8Array(Buffer.concat([r, s]));
      if (bit < 512) signature[bit >> 3]! ^= 1 << (bit & 7);
      const answers = VERIFIERS.map((verifier) => verifier.verify(a, message, signature));
      assert.equal(new Set(answers).size, 1, `${VERIFIERS.map(({ name }) => name).join()}: ${answers.join()}`);
      if (answers[0]) accepted += 1;
    }), { numRuns: 150 });
    assert.ok(accepted > 0, 'some were valid');
  });

  it('signatures are deterministic and the same from both signers (RFC 8032, test 1)', () => {
    const seed = hexToBytes('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60');
    const expected = 'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b';
    for (const signer of [nodeSigner(seed), sodiumSigner(seed) ?? nodeSigner(seed)]) {
      assert.equal(signer.publicKey, 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
      assert.equal(bytesToHex(signer.sign(new Uint8Array(0))), expected);
    }
    fc.assert(fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.uint8Array({ maxLength: 200 }), (any, message) => {
      const [one, other] = [nodeSigner(any), createSigner(any)];
      assert.equal(one.publicKey, other.publicKey);
      assert.deepEqual(one.sign(message), other.sign(message));
    }), { numRuns: 50 });
    assert.throws(() => createSigner(new Uint8Array(31)), (error) => error instanceof CryptoError && error.code === 'bad-seed');
  });
});

describe('member keys (section 12)', () => {
  const weak = (bytes: Uint8Array, why: RegExp): void => {
    assert.throws(() => { assertMemberKey(toPublicKeyHex(bytesToHex(bytes))); }, (error) => error instanceof CryptoError && error.code === 'weak-key' && why.test(error.message));
  };
  const honest = Point.fromHex(createSigner(generateSeed()).publicKey);

  it('admits every generated key', () => {
    for (let i = 0; i < 5; i += 1) assertMemberKey(createSigner(generateSeed()).publicKey);
  });

  it('refuses the eight points of small order and their other encodings', () => {
    for (let k = 1; k <= 8; k += 1) weak(k === 8 ? Point.ZERO.toBytes() : TORSION.multiply(BigInt(k), false).toBytes(), /small order/);
    weak(hexToBytes(`01${'00'.repeat(30)}80`), /small order/);
    weak(hexToBytes(`ee${'ff'.repeat(30)}7f`), /not canonically/);
  });

  it('refuses a key with torsion, one off the curve, and one not canonical', () => {
    for (const k of [1, 2, 4, 7]) weak(honest.add(TORSION.multiply(BigInt(k), false)).toBytes(), /prime-order/);
    weak(hexToBytes(`02${'00'.repeat(31)}`), /prime-order/);
    weak(new Uint8Array(32).fill(0xff), /not canonically/);
  });

  it('isTorsionFree, isSmallOrder and isCanonical say what they say', () => {
    assert.deepEqual([isTorsionFree(honest.toBytes()), isTorsionFree(TORSION.toBytes()), isTorsionFree(honest.add(TORSION).toBytes())], [true, false, false]);
    assert.deepEqual([isSmallOrder(honest.toBytes()), isSmallOrder(TORSION.toBytes()), isSmallOrder(honest.add(TORSION).toBytes())], [false, true, false]);
    const encoded = (low: string, high: string): Uint8Array => hexToBytes(`${low}${'ff'.repeat(30)}${high}`);
    assert.deepEqual([encoded('ec', '7f'), encoded('ed', '7f'), encoded('ed', 'ff'), encoded('ed', '7e')].map(isCanonical), [true, false, false, true]);
  });
});
