import type { Hash } from './ids.js';
import type { Membership } from './membership.js';

/** Limits and timings that every platform of a society must share; they are part of genesis and so of the chainId. */
export interface ProtocolParameters {
  /** p of SPEC section 1, or "off" for plain three-phase operation. */
  readonly fastPath: number | 'off';
  readonly maxBlockBytes: number;
  /** Each may cost every platform a signature check, so that bytes alone bound no work. */
  readonly maxBlockTransactions: number;
  readonly maxTransactionBytes: number;
  /** A CHECKPOINT is due at each multiple of this sequence. */
  readonly checkpointInterval: number;
}

/** A checked genesis. `chainId` is SHA-256 of its canonical encoding, which names the society's LCT. */
export interface Genesis {
  readonly chainId: Hash;
  readonly society: string;
  readonly timestampMs: number;
  readonly parameters: ProtocolParameters;
  readonly membership: Membership;
}
