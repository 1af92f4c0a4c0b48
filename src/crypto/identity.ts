import { generateKeyPairFromSeed, publicKeyFromRaw } from '@libp2p/crypto/keys';
import type { Ed25519PrivateKey } from '@libp2p/interface';
import { peerIdFromPublicKey, peerIdFromString } from '@libp2p/peer-id';
import { toPublicKeyHex, type PublicKeyHex } from '../types/ids.js';

/**
 * A platform has one Ed25519 key. Its libp2p PeerId is an encoding of that public key and nothing else, so the two
 * name the same platform and each gives the other.
 */

/** The PeerId, in base58 (`12D3Koo…`). @throws Error where `publicKey` is no 32-byte Ed25519 key */
export function peerIdOf(publicKey: PublicKeyHex): string {
  return peerIdFromPublicKey(publicKeyFromRaw(Buffer.from(publicKey, 'hex'))).toString();
}

/** The platform's public key; undefined where `peerId` does not parse or belongs to another kind of key. */
export function publicKeyOfPeerId(peerId: string): PublicKeyHex | undefined {
  try {
    const parsed = peerIdFromString(peerId);
    if (parsed.type !== 'Ed25519') return undefined;
    return toPublicKeyHex(Buffer.from(parsed.publicKey.raw).toString('hex'));
  } catch {
    return undefined;
  }
}

/** libp2p's form of the key with this 32-byte seed (RFC 8032's private key). */
export function libp2pPrivateKey(seed: Uint8Array): Promise<Ed25519PrivateKey> {
  return generateKeyPairFromSeed('Ed25519', seed);
}
