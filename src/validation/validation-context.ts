import type { QuorumParameters } from '../consensus/quorum.js';
import type { ProtocolParameters } from '../types/genesis.js';
import type { Hash } from '../types/ids.js';
import type { Membership } from '../types/membership.js';
import type { MemberSignatures } from './member-signatures.js';

/** What every check of one epoch needs to know. */
export interface ValidationContext {
  readonly chainId: Hash;
  readonly parameters: ProtocolParameters;
  readonly membership: Membership;
  readonly quorums: QuorumParameters;
  readonly signatures: MemberSignatures;
}
