import { createTransaction } from '../../src/codec/transaction.js';
import { createSigner, generateSeed } from '../../src/crypto/ed25519.js';
import type { Hash } from '../../src/types/ids.js';
import type { LoadClient } from './load.js';

/** A client with a new account of its own that sends through the platform at `url`. @param payload of the transaction with this nonce */
export function createLoadClient(url: string, chainId: Hash, payload: (nonce: number) => Uint8Array): LoadClient {
  const signer = createSigner(generateSeed());
  return {
    url,
    publicKey: signer.publicKey,
    transaction: (nonce) => createTransaction({ chainId, sender: signer.publicKey, nonce, payload: payload(nonce) }, (message) => signer.sign(message)).bytes,
  };
}
