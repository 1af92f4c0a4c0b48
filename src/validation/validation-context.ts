import type { QuorumParameters } from '../consensus/quorum.js';
import type { Certificate } from '../types/certificates.js';
import type { ProtocolParameters } from '../types/genesis.js';
import type { Hash } from '../types/ids.js';
import type { Membership } from '../types/membership.js';
import type { BodyVerdicts } from './body-verdicts.js';
import type { MemberSignatures } from './member-signatures.js';
import type { TransactionValidator } from './transaction-validator.js';
import type { WorkMeter } from './work-meter.js';

/** What every check of one epoch needs to know. */
export interface ValidationContext {
  readonly chainId: Hash;
  readonly parameters: ProtocolParameters;
  readonly membership: Membership;
  readonly quorums: QuorumParameters;
  readonly signatures: MemberSignatures;
  readonly transactions: TransactionValidator;
  readonly bodies: BodyVerdicts;
  readonly meter: WorkMeter;
  /** Certificates found valid, as objects: a status is validated, and then what it holds is, as messages. */
  readonly validCertificates: WeakSet<Certificate>;
}
