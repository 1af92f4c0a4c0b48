import { sha256Hash } from '../crypto/hash.js';
import type { BlockHeader } from '../types/block.js';
import type { Hash } from '../types/ids.js';
import { toEpoch, toMemberIndex, toSequence, toSlot, toView } from '../types/ids.js';
import { ByteReader, ByteWriter, domainTag } from './bytes.js';

const TAG = domainTag('HEADER');

/** Size of every encoded header in bytes. */
export const HEADER_BYTES = TAG.byteLength + 4 * 32 + 6 * 8 + 4 + 2;

/**
 * Canonical header: `FBPBFT/1/HEADER` 0x00 ‖ chainId (32) ‖ epoch u64be ‖ view u64be ‖ sequence u64be ‖ slot u64be ‖
 * parentSlot+1 u64be ‖ parentHash (32) ‖ timestampMs u64be ‖ transactionCount u32be ‖ merkleRoot (32) ‖
 * nextMembersHash (32) ‖ proposer u16be (SPEC section 2).
 * @throws CodecError on an integer out of range
 */
export function encodeHeader(header: BlockHeader): Uint8Array {
  return new ByteWriter(HEADER_BYTES)
    .bytes(TAG)
    .hex32(header.chainId)
    .u64('epoch', header.epoch)
    .u64('view', header.view)
    .u64('sequence', header.sequence)
    .u64('slot', header.slot)
    .u64('parentSlot', header.parentSlot + 1)
    .hex32(header.parentHash)
    .u64('timestampMs', header.timestampMs)
    .u32('transactionCount', header.transactionCount)
    .hex32(header.merkleRoot)
    .hex32(header.nextMembersHash)
    .u16('proposer', header.proposer)
    .finish();
}

/** @throws CodecError on anything but exactly one header */
export function decodeHeader(bytes: Uint8Array): BlockHeader {
  const reader = new ByteReader(bytes);
  reader.expect('header tag', TAG);
  const header: BlockHeader = {
    chainId: reader.hash('chainId'),
    epoch: toEpoch(reader.u64('epoch')),
    view: toView(reader.u64('view')),
    sequence: toSequence(reader.u64('sequence')),
    slot: toSlot(reader.u64('slot')),
    parentSlot: toSlot(reader.u64('parentSlot') - 1),
    parentHash: reader.hash('parentHash'),
    timestampMs: reader.u64('timestampMs'),
    transactionCount: reader.u32('transactionCount'),
    merkleRoot: reader.hash('merkleRoot'),
    nextMembersHash: reader.hash('nextMembersHash'),
    proposer: toMemberIndex(reader.u16('proposer')),
  };
  reader.finish('header');
  return header;
}

/** blockHash: SHA-256 of the canonical header. @throws CodecError on an integer out of range */
export function blockHash(header: BlockHeader): Hash {
  return sha256Hash(encodeHeader(header));
}
