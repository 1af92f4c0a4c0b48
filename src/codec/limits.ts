import type { ProtocolParameters } from '../types/genesis.js';
import { HEADER_BYTES } from './header.js';

/** VIEW-CHANGE certificates in one justification (SPEC section 2). */
export const MAX_SKIP_CERTIFICATES = 64;
/** Transactions in one gossiped batch. */
export const MAX_BATCH_TRANSACTIONS = 4096;
/** Transactions re-sent in one slots request. */
export const MAX_SLOTS_TRANSACTIONS = 4096;
/** Consensus messages in one slots request or response. */
export const MAX_SLOTS_MESSAGES = 16_384;
/** Blocks in one blocks response. */
export const MAX_RESPONSE_BLOCKS = 1024;
/**
 * Consensus messages that a platform pushes in one slots request: what is held of 64 slots. Of more a part goes at a time
 * (SPEC section 4), so that at five exchanges a second none is above what others take from it (`pushedMessagesPerSecond`).
 */
export const MAX_PUSHED_MESSAGES = 512;
/** A chunk of a snapshot ends with the entry that takes it to this size. */
export const SNAPSHOT_CHUNK_BYTES = 1024 * 1024;
/** Chunks of one snapshot. */
export const MAX_SNAPSHOT_CHUNKS = 65_536;
/** Blocks in one snapshot response: from the snapshot's block to one that is certified. */
export const MAX_SNAPSHOT_BLOCKS = 64;

/** Wire size of one signature in a certificate, at most: signer, first, two hashes, signature, field tags, in bytes. */
const CERTIFICATE_SIGNATURE_BYTES = 160;
/** Wire size of a certificate without its signatures, or of a message without certificates and block, at most, in bytes. */
const FIXED_FIELDS_BYTES = 512;
/** What a sync message may hold beside one consensus message of the largest size, in bytes. */
const SYNC_SLACK_BYTES = 16 * 1024 * 1024;

/** What a decoder refuses to go beyond. */
export interface WireLimits {
  /** Signatures in a certificate: the members of the epoch. */
  readonly maxMembers: number;
  readonly maxBlockBytes: number;
  readonly maxBlockTransactions: number;
  readonly maxTransactionBytes: number;
  /** One encoded consensus message: a proposal with a full justification. */
  readonly maxMessageBytes: number;
  /** One encoded batch of transactions. */
  readonly maxBatchBytes: number;
  /** One encoded sync request or response. */
  readonly maxSyncBytes: number;
}

/** The limits that follow from genesis and the number of members in the epoch. */
export function wireLimits(
  parameters: Pick<ProtocolParameters, 'maxBlockBytes' | 'maxBlockTransactions' | 'maxTransactionBytes'>, memberCount: number,
): WireLimits {
  const { maxBlockBytes, maxBlockTransactions, maxTransactionBytes } = parameters;
  const certificateBytes = FIXED_FIELDS_BYTES + memberCount * CERTIFICATE_SIGNATURE_BYTES;
  const maxMessageBytes = maxBlockBytes + (1 + MAX_SKIP_CERTIFICATES) * certificateBytes + 2 * HEADER_BYTES + FIXED_FIELDS_BYTES;
  return {
    maxMembers: memberCount,
    maxBlockBytes,
    maxBlockTransactions,
    maxTransactionBytes,
    maxMessageBytes,
    maxBatchBytes: Math.max(maxBlockBytes, maxTransactionBytes) + FIXED_FIELDS_BYTES,
    maxSyncBytes: maxMessageBytes + SYNC_SLACK_BYTES,
  };
}
