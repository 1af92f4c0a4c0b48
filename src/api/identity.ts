import type { Hash, PublicKeyHex } from '../types/ids.js';

/** What tells one run of one platform from whatever else may answer at its address. */
export interface ApiIdentity {
  /** Made at random at each start. */
  readonly instance: string;
  readonly chainId: Hash;
  /** The platform's. */
  readonly publicKey: PublicKeyHex;
}

/** Headers that every answer bears, so that whoever asks a platform knows of each answer whose it is. */
export const IDENTITY_HEADERS = {
  instance: 'fb-pbft-instance',
  chainId: 'fb-pbft-chain',
  publicKey: 'fb-pbft-public-key',
} as const satisfies Record<keyof ApiIdentity, string>;

export function identityHeaders({ instance, chainId, publicKey }: ApiIdentity): Readonly<Record<string, string>> {
  return {
    [IDENTITY_HEADERS.instance]: instance,
    [IDENTITY_HEADERS.chainId]: chainId,
    [IDENTITY_HEADERS.publicKey]: publicKey,
  };
}
