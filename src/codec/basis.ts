import { sha256Hash } from '../crypto/hash.js';
import type { BlockHeader } from '../types/block.js';
import type { Hash, MemberIndex } from '../types/ids.js';
import { toEpoch, toMemberIndex, toSlot } from '../types/ids.js';
import type { Prepare, SignedHeader, ViewChange } from '../types/messages.js';
import { ByteReader, ByteWriter } from './bytes.js';
import { CodecError } from './codec-error.js';
import { HEADER_BYTES, decodeHeader, encodeHeader } from './header.js';
import { STATEMENT_TAGS, voteStatementBytes } from './statement.js';
import { SIGNATURE_BYTES } from './transaction.js';

/** A first vote as a basis holds it: what was signed, by whom, and the signature. */
export type BasisVote =
  | Pick<Prepare, 'type' | 'epoch' | 'slot' | 'signer' | 'blockHash' | 'first' | 'basisHash' | 'signature'>
  | Pick<ViewChange, 'type' | 'epoch' | 'slot' | 'signer' | 'first' | 'blockHash' | 'basisHash' | 'signature'>;

/** A decoded basis. `headers` are the leader's two conflicting headers, where the rule needed them. */
export interface Basis {
  readonly headers: readonly [SignedHeader, SignedHeader] | undefined;
  readonly votes: readonly BasisVote[];
}

const VOTE_OVERHEAD_BYTES = 2 + SIGNATURE_BYTES;
const SIGNED_HEADER_BYTES = 4 + HEADER_BYTES + SIGNATURE_BYTES;

/**
 * Canonical bytes of a basis (SPEC section 2): where given, the leader's two signed headers, each as u32be length ‖
 * header ‖ signature (64), in order of block hash; then the votes in signer order, each as statement ‖ signer u16be ‖
 * signature (64). Statements end by their fixed layout and begin with a letter, header lengths with a zero byte, so
 * the bytes decode in one way only. A basis of nothing is no bytes.
 * @throws CodecError when one signer has two votes, or a field is out of range
 */
export function encodeBasis(chainId: Hash, votes: readonly BasisVote[], headers?: readonly [SignedHeader, SignedHeader]): Uint8Array {
  const ordered = [...votes].sort((a, b) => a.signer - b.signer);
  const statements = ordered.map((vote) => voteStatementBytes(chainId, vote));
  const sizeBytes = statements.reduce((sum, bytes) => sum + bytes.byteLength + VOTE_OVERHEAD_BYTES, headers === undefined ? 0 : 2 * SIGNED_HEADER_BYTES);
  const writer = new ByteWriter(sizeBytes);
  for (const { header, signature } of headers === undefined ? [] : [...headers].sort(byBlockHash)) {
    writer.prefixed('header', encodeHeader(header)).fixed('signature', signature, SIGNATURE_BYTES);
  }
  let previous: MemberIndex | undefined;
  ordered.forEach((vote, index) => {
    if (vote.signer === previous) throw new CodecError('out-of-range', 'basis', `member ${vote.signer} has more than one vote`);
    previous = vote.signer;
    writer.bytes(statements[index] ?? new Uint8Array(0)).u16('signer', vote.signer).fixed('signature', vote.signature, SIGNATURE_BYTES);
  });
  return writer.finish();
}

function byBlockHash(a: SignedHeader, b: SignedHeader): number {
  return a.blockHash < b.blockHash ? -1 : 1;
}

/**
 * basisHash: SHA-256 of the canonical bytes (SPEC section 2). Never zero, not even for a basis of nothing (R4b
 * where Tₑ = 0): a zero basisHash says that there is no basis, and so states another first vote (section 10).
 */
export function basisHash(basisBytes: Uint8Array): Hash {
  return sha256Hash(basisBytes);
}

/**
 * Takes a basis apart; checks no signature and no rule.
 * @param maxVotes limit on votes: the number of members
 * @throws CodecError on bytes that `encodeBasis` would not have made for this chain
 */
export function decodeBasis(chainId: Hash, bytes: Uint8Array, maxVotes: number): Basis {
  const reader = new ByteReader(bytes);
  const headers = bytes[0] === 0 ? readHeaders(reader) : undefined;
  const votes: BasisVote[] = [];
  while (reader.remaining > 0) {
    if (votes.length >= maxVotes) throw new CodecError('too-large', 'basis', `must hold at most ${maxVotes} votes`);
    const vote = readVote(reader, chainId);
    const previous = votes.at(-1);
    if (previous !== undefined && previous.signer >= vote.signer) {
      throw new CodecError('out-of-range', 'basis', 'votes must be in signer order, one per signer');
    }
    votes.push(vote);
  }
  return { headers, votes };
}

function readHeaders(reader: ByteReader): readonly [SignedHeader, SignedHeader] {
  const lower = readSignedHeader(reader);
  const upper = readSignedHeader(reader);
  if (lower.blockHash > upper.blockHash) throw new CodecError('out-of-range', 'basis', 'headers must be in order of block hash');
  return [lower, upper];
}

function readSignedHeader(reader: ByteReader): SignedHeader {
  const bytes = reader.prefixed('header', HEADER_BYTES);
  const header: BlockHeader = decodeHeader(bytes);
  return { header, blockHash: sha256Hash(bytes), signature: reader.copy('signature', SIGNATURE_BYTES) };
}

function readVote(reader: ByteReader, chainId: Hash): BasisVote {
  const type = reader.startsWith(STATEMENT_TAGS['VIEW-CHANGE']) ? 'VIEW-CHANGE' : 'PREPARE';
  reader.expect('vote tag', STATEMENT_TAGS[type]);
  if (reader.hash('chainId') !== chainId) throw new CodecError('out-of-range', 'chainId', `must be ${chainId}`);
  const epoch = toEpoch(reader.u64('epoch'));
  const slot = toSlot(reader.u64('slot'));
  if (type === 'PREPARE') {
    const blockHash = reader.hash('blockHash');
    const first = reader.flag('first');
    return { type, epoch, slot, blockHash, first, basisHash: reader.hash('basisHash'), ...readSigner(reader) };
  }
  const first = reader.flag('first');
  const blockHash = reader.hash('blockHash');
  return { type, epoch, slot, first, blockHash, basisHash: reader.hash('basisHash'), ...readSigner(reader) };
}

function readSigner(reader: ByteReader): Pick<Prepare, 'signer' | 'signature'> {
  return { signer: toMemberIndex(reader.u16('signer')), signature: reader.copy('signature', SIGNATURE_BYTES) };
}
