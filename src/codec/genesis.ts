import { sha256Hash } from '../crypto/hash.js';
import type { ProtocolParameters } from '../types/genesis.js';
import type { Hash } from '../types/ids.js';
import type { Member } from '../types/membership.js';
import { ByteWriter, domainTag } from './bytes.js';

const MEMBERS_TAG = domainTag('MEMBERS');
const GENESIS_TAG = domainTag('GENESIS');

/** What the chainId commits to. */
export interface GenesisContent {
  /** The society's LCT, such as `lct:web4:society:demo`. */
  readonly society: string;
  readonly timestampMs: number;
  readonly parameters: ProtocolParameters;
  readonly members: readonly Member[];
}

/** Count u16be, then per member: name (u32be length, UTF-8), public key (32). */
function memberListBytes(members: readonly Member[]): Uint8Array {
  const names = members.map((member) => new TextEncoder().encode(member.name));
  const sizeBytes = names.reduce((sum, name) => sum + 4 + name.byteLength + 32, 2);
  const writer = new ByteWriter(sizeBytes).u16('members', members.length);
  members.forEach((member, index) => {
    writer.prefixed('name', names[index] ?? new Uint8Array(0)).hex32(member.publicKey);
  });
  return writer.finish();
}

/** Canonical bytes of a member list: `FBPBFT/1/MEMBERS` 0x00 ‖ list. @throws CodecError above 65535 members */
export function membersBytes(members: readonly Member[]): Uint8Array {
  const list = memberListBytes(members);
  return new ByteWriter(MEMBERS_TAG.byteLength + list.byteLength).bytes(MEMBERS_TAG).bytes(list).finish();
}

/** SHA-256 of the canonical bytes of a member list; what headers carry as nextMembersHash. */
export function membersHash(members: readonly Member[]): Hash {
  return sha256Hash(membersBytes(members));
}

/**
 * Canonical bytes of genesis: `FBPBFT/1/GENESIS` 0x00 ‖ society (u32be length, UTF-8) ‖ timestampMs u64be ‖
 * fastPath u32be (p+1, 0 for "off") ‖ maxBlockBytes u64be ‖ maxBlockTransactions u32be ‖ maxTransactionBytes u64be ‖
 * checkpointInterval u64be ‖ member list.
 * @throws CodecError on an integer out of range
 */
export function genesisBytes(genesis: GenesisContent): Uint8Array {
  const { parameters } = genesis;
  const society = new TextEncoder().encode(genesis.society);
  const list = memberListBytes(genesis.members);
  return new ByteWriter(GENESIS_TAG.byteLength + 4 + society.byteLength + 8 + 2 * 4 + 3 * 8 + list.byteLength)
    .bytes(GENESIS_TAG)
    .prefixed('society', society)
    .u64('timestampMs', genesis.timestampMs)
    .u32('fastPath', parameters.fastPath === 'off' ? 0 : parameters.fastPath + 1)
    .u64('maxBlockBytes', parameters.maxBlockBytes)
    .u32('maxBlockTransactions', parameters.maxBlockTransactions)
    .u64('maxTransactionBytes', parameters.maxTransactionBytes)
    .u64('checkpointInterval', parameters.checkpointInterval)
    .bytes(list)
    .finish();
}

/** chainId = SHA-256 of the canonical genesis (SPEC section 2). @throws CodecError on an integer out of range */
export function genesisChainId(genesis: GenesisContent): Hash {
  return sha256Hash(genesisBytes(genesis));
}
