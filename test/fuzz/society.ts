import { createHash } from 'node:crypto';
import type { Ed25519Signer } from '../../src/crypto/ed25519.js';
import { bytesEqual, hexToBytes } from '../../src/crypto/hash.js';
import type { Block, Transaction } from '../../src/types/block.js';
import type { ProtocolParameters } from '../../src/types/genesis.js';
import type { PublicKeyHex } from '../../src/types/ids.js';
import type { CommittedBlock } from '../../src/types/sync.js';
import { MessageValidator } from '../../src/validation/message-validator.js';
import type { SignatureVerifier } from '../../src/validation/member-signatures.js';
import { Federation } from '../unit/validation/federation.js';

/** 64 bytes that only a holder of the key is taken to make: SHA-512 over key and message, a hundred times as fast as Ed25519. */
function markOf(publicKey: Uint8Array, message: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha512').update(publicKey).update(message).digest());
}

export const markVerifier: SignatureVerifier = {
  verify: (publicKey, message, signature) => signature.byteLength === 64 && bytesEqual(markOf(publicKey, message), signature),
};

function markSigner(publicKey: PublicKeyHex): Ed25519Signer {
  const key = hexToBytes(publicKey);
  return { publicKey, sign: (message) => markOf(key, message) };
}

const CHAIN_LENGTH = 24;

/** A federation whose signatures cost next to nothing, and a chain of its blocks. */
export class Society extends Federation {
  override readonly signers = this.genesis.membership.members.map(({ publicKey }) => markSigner(publicKey));
  override readonly client = markSigner(this.genesis.membership.members[0]!.publicKey);
  /** Transactions that blocks are made of. */
  readonly pool: readonly Transaction[];
  /** Blocks 0, 1, 2, …, each in the slot of its sequence. */
  readonly blocks: readonly Block[];
  /** Another block in each of these slots. */
  readonly rivals: readonly Block[];
  readonly committed: readonly CommittedBlock[];

  constructor(memberCount: number, parameters: Partial<ProtocolParameters> = {}) {
    super(memberCount, parameters);
    this.pool = Array.from({ length: 40 }, (_, nonce) => this.transaction(nonce, { payloadBytes: nonce }));
    const blocks: Block[] = [];
    for (let slot = 0; slot < CHAIN_LENGTH; slot += 1) {
      blocks.push(this.block(slot, this.pool.slice(slot, slot + slot % 4), slot === 0 ? {} : { parentHash: blocks[slot - 1]!.hash }));
    }
    this.blocks = blocks;
    this.rivals = blocks.map(({ header }, slot) => this.block(slot, this.pool.slice(30, 32), { parentHash: header.parentHash, timestampMs: header.timestampMs + 7 }));
    this.committed = blocks.map((block, slot) => ({ block, certificate: slot % 3 === 1 ? undefined : this.slowCertificate(slot, block.hash) }));
  }

  /** The production validator, with nothing remembered. */
  override validator(verifier: SignatureVerifier = markVerifier): MessageValidator {
    return new MessageValidator({ chainId: this.chainId, parameters: this.genesis.parameters, membership: this.genesis.membership, verifier });
  }
}

/** n = 4 with the fast path, n = 4 without, n = 7. */
export const SOCIETIES: readonly Society[] = [new Society(4), new Society(4, { fastPath: 'off' }), new Society(7)];
export const SOCIETY = SOCIETIES[0]!;
