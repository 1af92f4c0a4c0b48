import type { Ed25519Signer, Ed25519Verifier } from '../../src/crypto/ed25519.js';
import { bytesEqual, bytesToHex, hexToBytes, sha256 } from '../../src/crypto/hash.js';
import type { PublicKeyHex } from '../../src/types/ids.js';
import { toPublicKeyHex } from '../../src/types/ids.js';

/**
 * A signature scheme for simulations: a digest of key and message. It costs a hundredth of Ed25519 and is as
 * deterministic, and whoever changes a bit of the key, the statement or the signature is found out. It hides nothing:
 * that nobody signs for another is left to the adversaries' own honesty (they are given keys; a forgery is made of
 * other bytes).
 */
function signatureOf(publicKey: Uint8Array, message: Uint8Array): Uint8Array {
  const signature = new Uint8Array(64);
  signature.set(sha256(Buffer.concat([publicKey, message])));
  signature.set(publicKey, 32);
  return signature;
}

export const simVerifier: Ed25519Verifier = {
  name: 'simulated',
  verify: (publicKey, message, signature) => signature.byteLength === 64 && bytesEqual(signature, signatureOf(publicKey, message)),
};

/** The signer of a key that anybody can make up. */
export function simSigner(publicKey: PublicKeyHex): Ed25519Signer {
  const bytes = hexToBytes(publicKey);
  return { publicKey, sign: (message) => signatureOf(bytes, message) };
}

/** A key that tells what it is for. */
export function simKey(label: string): PublicKeyHex {
  return toPublicKeyHex(bytesToHex(sha256(new TextEncoder().encode(label))));
}
