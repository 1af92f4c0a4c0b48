import type { Certificate } from '../types/certificates.js';
import type { Epoch, Hash, Sequence, Slot } from '../types/ids.js';
import type { Statement } from '../types/messages.js';
import { ByteWriter, domainTag } from './bytes.js';

/**
 * The bytes that members sign (SPEC section 2): `FBPBFT/1/<TYPE>` 0x00 ‖ chainId (32) ‖ epoch u64be ‖ slot u64be ‖
 * tail; a CHECKPOINT has its sequence in place of the slot. Tags end with a zero byte and layouts are fixed, so no two
 * statements of different type, society, epoch or slot share bytes.
 */
export const STATEMENT_TAGS = {
  'PRE-PREPARE': domainTag('PRE-PREPARE'),
  PREPARE: domainTag('PREPARE'),
  COMMIT: domainTag('COMMIT'),
  'VIEW-CHANGE': domainTag('VIEW-CHANGE'),
  CHECKPOINT: domainTag('CHECKPOINT'),
} as const satisfies Record<Statement['type'], Uint8Array>;

type Of<T extends Statement['type']> = Extract<Statement, { readonly type: T }>;

/** What of a vote is signed. */
export type SignedVote =
  | Pick<Of<'PREPARE'>, 'type' | 'epoch' | 'slot' | 'blockHash' | 'first' | 'basisHash'>
  | Pick<Of<'COMMIT'>, 'type' | 'epoch' | 'slot' | 'blockHash'>
  | Pick<Of<'VIEW-CHANGE'>, 'type' | 'epoch' | 'slot' | 'first' | 'blockHash' | 'basisHash'>;

function begin(type: Statement['type'], chainId: Hash, epoch: Epoch, position: Slot | Sequence, tailBytes: number): ByteWriter {
  const tag = STATEMENT_TAGS[type];
  return new ByteWriter(tag.byteLength + 32 + 8 + 8 + tailBytes)
    .bytes(tag)
    .hex32(chainId)
    .u64('epoch', epoch)
    .u64(type === 'CHECKPOINT' ? 'sequence' : 'slot', position);
}

/** Signed bytes of a PRE-PREPARE: headerHash (32) is the tail. @throws CodecError on an integer out of range */
export function prePrepareStatementBytes(chainId: Hash, epoch: Epoch, slot: Slot, headerHash: Hash): Uint8Array {
  return begin('PRE-PREPARE', chainId, epoch, slot, 32).hex32(headerHash).finish();
}

/** Signed bytes of a PREPARE, COMMIT or VIEW-CHANGE. @throws CodecError on an integer out of range */
export function voteStatementBytes(chainId: Hash, vote: SignedVote): Uint8Array {
  const { epoch, slot, blockHash } = vote;
  switch (vote.type) {
    case 'PREPARE':
      return begin('PREPARE', chainId, epoch, slot, 65)
        .hex32(blockHash).u8('first', Number(vote.first)).hex32(vote.basisHash).finish();
    case 'COMMIT':
      return begin('COMMIT', chainId, epoch, slot, 32).hex32(blockHash).finish();
    case 'VIEW-CHANGE':
      return begin('VIEW-CHANGE', chainId, epoch, slot, 65)
        .u8('first', Number(vote.first)).hex32(blockHash).hex32(vote.basisHash).finish();
  }
}

/** Signed bytes of any statement. @throws CodecError on an integer out of range */
export function statementBytes(chainId: Hash, statement: Statement): Uint8Array {
  switch (statement.type) {
    case 'PRE-PREPARE':
      return prePrepareStatementBytes(chainId, statement.epoch, statement.slot, statement.block.hash);
    case 'CHECKPOINT':
      return begin('CHECKPOINT', chainId, statement.epoch, statement.sequence, 32).hex32(statement.stateRoot).finish();
    case 'PREPARE':
    case 'COMMIT':
    case 'VIEW-CHANGE':
      return voteStatementBytes(chainId, statement);
  }
}

/** The votes that a certificate's signatures stand for, in the certificate's order. */
export function certificateVotes(certificate: Certificate): readonly SignedVote[] {
  const { epoch, slot } = certificate;
  switch (certificate.kind) {
    case 'PREPARE':
    case 'FAST': {
      const { blockHash } = certificate;
      return certificate.signatures.map(({ first, basisHash }) => ({ type: 'PREPARE', epoch, slot, blockHash, first, basisHash }));
    }
    case 'SLOW': {
      const { blockHash } = certificate;
      return certificate.signatures.map(() => ({ type: 'COMMIT', epoch, slot, blockHash }));
    }
    case 'VIEW-CHANGE':
      return certificate.signatures.map(({ first, blockHash, basisHash }) => (
        { type: 'VIEW-CHANGE', epoch, slot, first, blockHash, basisHash }));
  }
}

/** The bytes that each of a certificate's signatures covers, in the certificate's order. */
export function certificateStatements(chainId: Hash, certificate: Certificate): readonly Uint8Array[] {
  return certificateVotes(certificate).map((vote) => voteStatementBytes(chainId, vote));
}
