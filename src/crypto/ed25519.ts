import { createPrivateKey, createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createRequire } from 'node:module';
import { LRUCache } from 'lru-cache';
import type { PublicKeyHex } from '../types/ids.js';
import { toPublicKeyHex } from '../types/ids.js';
import { CryptoError } from './crypto-error.js';
import { EDGE_VECTORS } from './edge-vectors.js';
import { POINT_BYTES, SIGNATURE_BYTES, isCanonical, isSmallOrder } from './ed25519-encoding.js';
import { bytesToHex, hexToBytes } from './hash.js';

/** Length of the secret seed (RFC 8032's private key) in bytes. */
export const SEED_BYTES = 32;

/** Decides validity by the one rule of SPEC section 12. Never throws: malformed keys and signatures are invalid. */
export interface Ed25519Verifier {
  readonly name: string;
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

/** Signs with one key; deterministic (RFC 8032). */
export interface Ed25519Signer {
  readonly publicKey: PublicKeyHex;
  /** 64 bytes. */
  sign(message: Uint8Array): Uint8Array;
}

interface Sodium {
  crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void;
  crypto_sign_detached(signature: Uint8Array, message: Uint8Array, secretKey: Uint8Array): void;
  crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
}

let sodium: Sodium | null | undefined;

/** The native library, where it is installed for this machine; it is optional. */
function loadSodium(): Sodium | null {
  if (sodium === undefined) {
    try {
      sodium = createRequire(import.meta.url)('sodium-native') as Sodium;
    } catch {
      sodium = null;
    }
  }
  return sodium;
}

/** libsodium follows the rule by itself. Undefined where sodium-native does not load. */
export function sodiumVerifier(): Ed25519Verifier | undefined {
  const native = loadSodium();
  if (native === null) return undefined;
  return {
    name: 'sodium-native',
    verify: (publicKey, message, signature) => (
      publicKey.byteLength === POINT_BYTES
      && signature.byteLength === SIGNATURE_BYTES
      && native.crypto_sign_verify_detached(signature, message, publicKey)),
  };
}

const SPKI_PREFIX = hexToBytes('302a300506032b6570032100');
const PKCS8_PREFIX = hexToBytes('302e020100300506032b657004220420');
const MAX_CACHED_KEYS = 4096;

/**
 * OpenSSL, with the three checks that it lacks: A canonical, A not of small order, R not of small order. Keys are kept
 * parsed, the last 4096 of them.
 */
export function nodeVerifier(): Ed25519Verifier {
  const keys = new LRUCache<string, { readonly key: KeyObject | undefined }>({ max: MAX_CACHED_KEYS });
  const keyOf = (publicKey: Uint8Array): KeyObject | undefined => {
    const name = Buffer.from(publicKey).toString('latin1');
    let entry = keys.get(name);
    if (entry === undefined) {
      entry = { key: isCanonical(publicKey) && !isSmallOrder(publicKey) ? parseKey(publicKey) : undefined };
      keys.set(name, entry);
    }
    return entry.key;
  };
  return {
    name: 'node:crypto',
    verify: (publicKey, message, signature) => {
      if (publicKey.byteLength !== POINT_BYTES || signature.byteLength !== SIGNATURE_BYTES) return false;
      const key = keyOf(publicKey);
      return key !== undefined && !isSmallOrder(signature.subarray(0, POINT_BYTES)) && verify(null, message, key, signature);
    },
  };
}

function parseKey(publicKey: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}

/**
 * The verifier of this machine, sodium-native where it loads and node:crypto otherwise, after it has given the right
 * answer on every edge vector.
 * @throws CryptoError `edge-vectors-failed`: a platform with another idea of validity would fork off
 */
export function selectVerifier(verifier: Ed25519Verifier = sodiumVerifier() ?? nodeVerifier()): Ed25519Verifier {
  const wrong = EDGE_VECTORS.filter(({ publicKey, message, signature, valid }) => (
    verifier.verify(hexToBytes(publicKey), hexToBytes(message), hexToBytes(signature)) !== valid));
  if (wrong.length > 0) {
    const names = wrong.slice(0, 3).map(({ name }) => `"${name}"`).join(', ');
    throw new CryptoError('edge-vectors-failed', `the Ed25519 verifier ${verifier.name} answers ${wrong.length} of ${EDGE_VECTORS.length} edge vectors wrongly (${names}); this platform must not start: install sodium-native 5.1, or another version of Node.js`);
  }
  return verifier;
}

/** A new secret seed: 32 random bytes. */
export function generateSeed(): Uint8Array {
  return new Uint8Array(randomBytes(SEED_BYTES));
}

/** The signer of a secret seed: sodium-native where it loads, node:crypto otherwise. @throws CryptoError `bad-seed` */
export function createSigner(seed: Uint8Array): Ed25519Signer {
  return sodiumSigner(seed) ?? nodeSigner(seed);
}

/** Undefined where sodium-native does not load. @throws CryptoError `bad-seed` unless the seed is 32 bytes */
export function sodiumSigner(seed: Uint8Array): Ed25519Signer | undefined {
  assertSeed(seed);
  const native = loadSodium();
  if (native === null) return undefined;
  const publicKey = new Uint8Array(POINT_BYTES);
  const secretKey = new Uint8Array(SIGNATURE_BYTES);
  native.crypto_sign_seed_keypair(publicKey, secretKey, seed);
  return {
    publicKey: toPublicKeyHex(bytesToHex(publicKey)),
    sign: (message) => {
      const signature = new Uint8Array(SIGNATURE_BYTES);
      native.crypto_sign_detached(signature, message, secretKey);
      return signature;
    },
  };
}

/** @throws CryptoError `bad-seed` unless the seed is 32 bytes */
export function nodeSigner(seed: Uint8Array): Ed25519Signer {
  assertSeed(seed);
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return {
    publicKey: toPublicKeyHex(bytesToHex(spki.subarray(SPKI_PREFIX.byteLength))),
    sign: (message) => {
      const signature = sign(null, message, key);
      return new Uint8Array(signature.buffer, signature.byteOffset, signature.byteLength);
    },
  };
}

function assertSeed(seed: Uint8Array): void {
  if (seed.byteLength !== SEED_BYTES) throw new CryptoError('bad-seed', `seed: must be ${SEED_BYTES} bytes, got ${seed.byteLength}`);
}
