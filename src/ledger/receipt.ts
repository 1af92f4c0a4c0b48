import { ByteReader, ByteWriter } from '../codec/bytes.js';
import type { Hash, Sequence } from '../types/ids.js';
import { toSequence } from '../types/ids.js';

/** How a final transaction fared, and where it is. */
export interface Receipt {
  readonly transactionId: Hash;
  readonly sequence: Sequence;
  /** Position in the block. */
  readonly index: number;
  readonly ok: boolean;
  /** `nonce-used`, `nonce-too-old` or a code of the application; present where `ok` is false. */
  readonly error: string | undefined;
}

const NO_ERROR = new Uint8Array(0);

/** sequence u64be ‖ index u32be ‖ error code (ASCII, empty where it succeeded); the id is the key. */
export function encodeReceipt(receipt: Receipt): Uint8Array {
  const error = receipt.error === undefined ? NO_ERROR : new TextEncoder().encode(receipt.error);
  return new ByteWriter(12 + error.byteLength).u64('sequence', receipt.sequence).u32('index', receipt.index).bytes(error).finish();
}

/** @throws CodecError */
export function decodeReceipt(transactionId: Hash, bytes: Uint8Array): Receipt {
  const reader = new ByteReader(bytes);
  const sequence = toSequence(reader.u64('sequence'));
  const index = reader.u32('index');
  const error = Buffer.from(reader.view('error', reader.remaining)).toString('ascii');
  return { transactionId, sequence, index, ok: error === '', error: error === '' ? undefined : error };
}
