/**
 * Generates src/crypto/edge-vectors.ts: Ed25519 signatures on which implementations differ, with the answer that
 * SPEC section 12 gives by how each was built, not by what some implementation says.
 * `npx tsx scripts/generate-edge-vectors.ts`
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Point, hashes } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';

interface Vector {
  readonly name: string;
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
  readonly valid: boolean;
}

hashes.sha512 = sha512;
const L = Point.CURVE().n;
const P = Point.CURVE().p;
const BASE = Point.BASE;
/** Generates the eight points of small order. */
const ORDER_8 = Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05');

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const text = (value: string): Uint8Array => new Uint8Array(Buffer.from(value));
const fromLittleEndian = (bytes: Uint8Array): bigint => BigInt(`0x${hex(bytes.slice().reverse())}`);
const toLittleEndian = (value: bigint): Uint8Array => new Uint8Array(Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse());
const scalar = (seed: string): bigint => fromLittleEndian(sha512(text(`fb-pbft edge vectors: ${seed}`))) % L;
const challenge = (r: Uint8Array, a: Uint8Array, message: Uint8Array): bigint => fromLittleEndian(sha512(Buffer.concat([r, a, message]))) % L;
const torsion = (k: number): Point => (k === 0 ? Point.ZERO : ORDER_8.multiply(BigInt(k), false));
const encode = (y: bigint, sign: 0 | 1): Uint8Array => {
  const bytes = toLittleEndian(y);
  bytes[31] = (bytes[31] ?? 0) | (sign << 7);
  return bytes;
};

const vectors: Vector[] = [];
const add = (name: string, valid: boolean, a: Uint8Array, message: Uint8Array, r: Uint8Array, s: bigint): void => {
  vectors.push({ name, publicKey: hex(a), message: hex(message), signature: hex(r) + hex(toLittleEndian(s)), valid });
};

/** The first message of a series for which the challenge is as wanted. */
function messageWhere(r: (message: Uint8Array) => Uint8Array, a: Uint8Array, wanted: (k: bigint) => boolean): Uint8Array {
  for (let counter = 0; ; counter += 1) {
    const message = text(`edge ${counter}`);
    if (wanted(challenge(r(message), a, message))) return message;
  }
}

const secret = scalar('secret');
const nonce = scalar('nonce');
const A = BASE.multiply(secret).toBytes();
const R = BASE.multiply(nonce).toBytes();
const message = text('FB-PBFT');
const S = (nonce + challenge(R, A, message) * secret) % L;

function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

function plain(): void {
  add('valid', true, A, message, R, S);
  const empty = new Uint8Array(0);
  add('valid, empty message', true, A, empty, R, (nonce + challenge(R, A, empty) * secret) % L);
  const long = new Uint8Array(1000).fill(0x5a);
  add('valid, 1000-byte message', true, A, long, R, (nonce + challenge(R, A, long) * secret) % L);
  add('bit flipped in message', false, A, flip(message, 3), R, S);
  add('bit flipped in A', false, flip(A, 9), message, R, S);
  add('sign bit flipped in A', false, flip(A, 255), message, R, S);
  add('bit flipped in R', false, A, message, flip(R, 17), S);
  add('sign bit flipped in R', false, A, message, flip(R, 255), S);
  add('bit flipped in S', false, A, message, R, fromLittleEndian(flip(toLittleEndian(S), 33)));
  add('S negated', false, A, message, R, L - S);
}

/** S ≥ L: the same scalar otherwise, so accepted where the range is not checked. */
function largeScalars(): void {
  add('S + L', false, A, message, R, S + L);
  for (const multiple of [2n, 8n]) add(`S + ${multiple}L`, false, A, message, R, S + multiple * L);
  add('S = L', false, A, message, R, L);
  add('S = 2^256 - 1', false, A, message, R, (1n << 256n) - 1n);
}

/** Every encoding of the eight points of small order, canonical or not. */
function smallOrderEncodings(): { readonly name: string; readonly bytes: Uint8Array; readonly point: Point }[] {
  const found: { name: string; bytes: Uint8Array; point: Point }[] = [];
  const canonical = Array.from({ length: 8 }, (_, k) => torsion(k));
  canonical.forEach((point, k) => found.push({ name: `small order ${k}`, bytes: point.toBytes(), point }));
  const zeroY = canonical.filter((point) => point.toAffine().y === 0n);
  for (const point of zeroY) {
    const sign = (point.toAffine().x & 1n) === 1n ? 1 : 0;
    found.push({ name: `non-canonical y = p, sign ${sign}`, bytes: encode(P, sign), point });
  }
  const minusOne = torsion(4);
  found.push({ name: 'non-canonical y = p + 1, sign 0', bytes: encode(P + 1n, 0), point: Point.ZERO });
  found.push({ name: 'non-canonical y = p + 1, sign 1', bytes: encode(P + 1n, 1), point: Point.ZERO });
  found.push({ name: 'y = 1 with sign bit', bytes: encode(1n, 1), point: Point.ZERO });
  found.push({ name: 'y = p - 1 with sign bit', bytes: encode(P - 1n, 1), point: minusOne });
  return found;
}

/** R = [s]B and k·A = identity: the cofactorless equation holds. */
function smallOrderKeys(): void {
  for (const { name, bytes } of smallOrderEncodings()) {
    const signed = messageWhere(() => R, bytes, (k) => k % 8n === 0n);
    add(`A is ${name}, equation holds`, false, bytes, signed, R, nonce);
  }
}

/** A = [a]B + T has no small order itself; S = k·a makes R′ = −[k]T, of small order. */
function smallOrderCommitments(): void {
  const mixed = BASE.multiply(secret).add(ORDER_8);
  const a = mixed.toBytes();
  for (const { name, bytes, point } of smallOrderEncodings()) {
    const signed = messageWhere(() => bytes, a, (k) => torsion(Number((8n - (k % 8n)) % 8n)).equals(point));
    add(`R is ${name}, equation holds`, false, a, signed, bytes, (challenge(bytes, a, signed) * secret) % L);
  }
  const identity = Point.ZERO.toBytes();
  add('R is identity, A without torsion, equation holds', false, A, message, identity, (challenge(identity, A, message) * secret) % L);
}

/** Torsion in A or R: what holds only after multiplication by the cofactor is invalid; what holds without is valid. */
function mixedOrder(): void {
  for (const k of [1, 2, 4]) {
    const r = BASE.multiply(nonce).add(torsion(k)).toBytes();
    add(`R has torsion ${k}, cofactored only`, false, A, message, r, (nonce + challenge(r, A, message) * secret) % L);
  }
  for (const k of [1, 2, 4]) {
    const a = BASE.multiply(secret).add(torsion(k)).toBytes();
    const order = BigInt(8 / k);
    const holds = messageWhere(() => R, a, (c) => c % order === 0n);
    add(`A has torsion ${k}, equation holds`, true, a, holds, R, (nonce + challenge(R, a, holds) * secret) % L);
    const fails = messageWhere(() => R, a, (c) => c % order !== 0n);
    add(`A has torsion ${k}, cofactored only`, false, a, fails, R, (nonce + challenge(R, a, fails) * secret) % L);
  }
  const a = BASE.multiply(secret).add(ORDER_8).toBytes();
  const r = BASE.multiply(nonce).add(torsion(3)).toBytes();
  const cancels = messageWhere(() => r, a, (c) => (c + 3n) % 8n === 0n);
  add('torsion of A and R cancels', true, a, cancels, r, (nonce + challenge(r, a, cancels) * secret) % L);
}

/** Encodings that are no point, or not of one in the only way. */
function badEncodings(): void {
  for (let y = 2n; y < 19n; y += 1n) {
    try {
      Point.fromBytes(encode(y, 0));
    } catch {
      continue;
    }
    add(`A is non-canonical y = p + ${y}`, false, encode(P + y, 0), message, R, S);
    add(`R is non-canonical y = p + ${y}`, false, A, message, encode(P + y, 0), S);
    break;
  }
  add('A is not on the curve', false, encode(2n, 0), message, R, S);
  add('R is not on the curve', false, A, message, encode(2n, 0), S);
}

if (process.argv.includes('--help')) {
  console.log('Usage: npx tsx scripts/generate-edge-vectors.ts\nWrites src/crypto/edge-vectors.ts.');
} else {
  for (const group of [plain, largeScalars, smallOrderKeys, smallOrderCommitments, mixedOrder, badEncodings]) group();
  const entries = vectors.map(({ name, publicKey, message: signed, signature, valid }) => [
    '  {',
    `    name: '${name}',`,
    `    publicKey: '${publicKey}',`,
    `    message: '${signed}',`,
    `    signature: '${signature}',`,
    `    valid: ${valid},`,
    '  },',
  ].join('\n'));
  await writeFile(fileURLToPath(new URL('../src/crypto/edge-vectors.ts', import.meta.url)), `/** An Ed25519 signature on which implementations differ. All fields but the name are hexadecimal. */
export interface EdgeVector {
  readonly name: string;
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
  /** By the rule of SPEC section 12. */
  readonly valid: boolean;
}

/** Made by scripts/generate-edge-vectors.ts, which says how each is built. */
export const EDGE_VECTORS: readonly EdgeVector[] = [
${entries.join('\n')}
];
`);
}
