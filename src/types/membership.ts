import type { Epoch, Hash, PlatformName, PublicKeyHex } from './ids.js';

export interface Member {
  readonly name: PlatformName;
  readonly publicKey: PublicKeyHex;
}

/** The member list of one epoch, in its fixed order; a platform's index in it is its identity there. */
export interface Membership {
  readonly epoch: Epoch;
  readonly members: readonly Member[];
  /** SHA-256 of the canonical encoding of the list; headers carry it as nextMembersHash. */
  readonly membersHash: Hash;
}
