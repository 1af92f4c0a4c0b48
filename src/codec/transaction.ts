import { bytesEqual, hexToBytes, sha256Hash } from '../crypto/hash.js';
import type { Transaction } from '../types/block.js';
import type { Hash, PublicKeyHex } from '../types/ids.js';
import { ByteReader, ByteWriter, domainTag } from './bytes.js';
import { CodecError } from './codec-error.js';

/**
 * Transaction envelope: `FBPBFT/1/TRANSACTION` 0x00 ‖ chainId (32) ‖ sender (32) ‖ nonce u64be ‖ payload length u32be ‖
 * payload ‖ signature (64). Everything before the signature is signed; the id is SHA-256 of that signed part.
 */
const TAG = domainTag('TRANSACTION');
const CHAIN_ID_OFFSET = TAG.byteLength;
const PAYLOAD_OFFSET = CHAIN_ID_OFFSET + 32 + 32 + 8 + 4;

/** Length of an Ed25519 signature in bytes. */
export const SIGNATURE_BYTES = 64;
/** Size of an envelope without its payload, signature included: 161 bytes. */
export const TRANSACTION_OVERHEAD_BYTES = PAYLOAD_OFFSET + SIGNATURE_BYTES;

export interface UnsignedTransaction {
  readonly chainId: Hash;
  readonly sender: PublicKeyHex;
  /** Integer from 0 to 2⁵³−1. */
  readonly nonce: number;
  readonly payload: Uint8Array;
}

/** The bytes that the sender signs. @throws CodecError on a nonce or payload length out of range */
export function transactionSigningBytes(transaction: UnsignedTransaction): Uint8Array {
  return new ByteWriter(PAYLOAD_OFFSET + transaction.payload.byteLength)
    .bytes(TAG)
    .hex32(transaction.chainId)
    .hex32(transaction.sender)
    .u64('nonce', transaction.nonce)
    .prefixed('payload', transaction.payload)
    .finish();
}

/**
 * Signs and encodes a transaction.
 * @param sign Ed25519 over the bytes given, with the sender's key; 64 bytes
 * @throws CodecError on a nonce or payload length out of range, or a signature of another length
 */
export function createTransaction(transaction: UnsignedTransaction, sign: (message: Uint8Array) => Uint8Array): Transaction {
  const signed = transactionSigningBytes(transaction);
  const bytes = new ByteWriter(signed.byteLength + SIGNATURE_BYTES)
    .bytes(signed)
    .fixed('signature', sign(signed), SIGNATURE_BYTES)
    .finish();
  return decodeTransaction(bytes, bytes.byteLength);
}

/**
 * Takes an envelope apart without checking its signature or chain. `bytes`, `payload` and `signature` of the result
 * are views of `bytes`: copy first what outlives a larger buffer.
 * @param maxTransactionBytes limit on the whole envelope (genesis)
 * @throws CodecError on anything but exactly one envelope within the limit
 */
export function decodeTransaction(bytes: Uint8Array, maxTransactionBytes: number): Transaction {
  if (bytes.byteLength > maxTransactionBytes) {
    throw new CodecError('too-large', 'transaction', `must be at most ${maxTransactionBytes} bytes, got ${bytes.byteLength}`);
  }
  return readTransaction(new ByteReader(bytes), bytes.byteLength);
}

/**
 * The same for an envelope that takes the reader's next `sizeBytes`.
 * @throws CodecError on anything but exactly one envelope
 */
export function readTransaction(reader: ByteReader, sizeBytes: number): Transaction {
  const bytes = reader.peek('transaction', sizeBytes);
  reader.expect('transaction tag', TAG);
  reader.skip('chainId', 32);
  const sender = reader.publicKey('sender');
  const nonce = reader.u64('nonce');
  const payloadBytes = reader.u32('payload');
  const leftBytes = sizeBytes - TRANSACTION_OVERHEAD_BYTES - payloadBytes;
  if (leftBytes < 0) throw new CodecError('truncated', 'payload', `needs ${payloadBytes} bytes, ${-leftBytes} of them are missing`);
  if (leftBytes > 0) throw new CodecError('trailing-bytes', 'transaction', `${leftBytes} bytes are left over`);
  const payload = reader.view('payload', payloadBytes);
  const signature = reader.view('signature', SIGNATURE_BYTES);
  return { id: sha256Hash(signedPart(bytes)), bytes, sender, nonce, payload, signature };
}

/** The part of an envelope that its signature covers; a view. */
export function signedPart(transactionBytes: Uint8Array): Uint8Array {
  return transactionBytes.subarray(0, transactionBytes.byteLength - SIGNATURE_BYTES);
}

/** Whether an envelope is bound to this chain. */
export function isBoundToChain(transaction: Transaction, chainId: Hash): boolean {
  return bytesEqual(transaction.bytes.subarray(CHAIN_ID_OFFSET, CHAIN_ID_OFFSET + 32), hexToBytes(chainId));
}
