import { randomBytes } from 'node:crypto';
import type { PublicKeyHex } from '../types/ids.js';
import { decodeLength, encodeLength } from './frames.js';

/**
 * What travels in one gossipsub message:
 *
 *     serial (8) ‖ origin (4) ‖ one or more of: length (varint) ‖ payload
 *
 * Gossipsub knows a message by the hash of its content, marks it as seen before anyone has looked at it, and refuses
 * to send it again. The serial, fresh for each frame, makes identical payloads a new message each time. The origin,
 * the first bytes of the publisher's key, tells a receiver whether it got the frame from its publisher or through
 * another member; nothing but the choice to relay rests on it, so it need not be authentic.
 */
export const ORIGIN_BYTES = 4;
const HEADER_BYTES = 8 + ORIGIN_BYTES;
const MAX_PAYLOADS = 4096;

export interface GossipFrame {
  /** Hexadecimal, as `originOf` gives it. */
  readonly origin: string;
  readonly payloads: readonly Uint8Array[];
}

export function originOf(publicKey: PublicKeyHex): string {
  return publicKey.slice(0, 2 * ORIGIN_BYTES);
}

/** Makes frames with a serial that neither this process nor an earlier one used. */
export class GossipFrameWriter {
  readonly #origin: Uint8Array;
  #serial: bigint;

  constructor(publicKey: PublicKeyHex) {
    this.#origin = Buffer.from(originOf(publicKey), 'hex');
    this.#serial = randomBytes(8).readBigUInt64BE();
  }

  encode(payloads: readonly Uint8Array[]): Uint8Array {
    this.#serial = BigInt.asUintN(64, this.#serial + 1n);
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeBigUInt64BE(this.#serial);
    header.set(this.#origin, 8);
    return Buffer.concat([header, ...payloads.flatMap((payload) => [encodeLength(payload.length), payload])]);
  }
}

/** Undefined where the bytes are no frame. Payloads are views of `bytes`. */
export function decodeGossipFrame(bytes: Uint8Array): GossipFrame | undefined {
  if (bytes.length <= HEADER_BYTES) return undefined;
  const origin = Buffer.from(bytes.buffer, bytes.byteOffset + 8, ORIGIN_BYTES).toString('hex');
  const payloads: Uint8Array[] = [];
  let offset = HEADER_BYTES;
  while (offset < bytes.length) {
    let prefix;
    try {
      prefix = decodeLength(bytes, offset);
    } catch {
      return undefined;
    }
    if (prefix === undefined || prefix.next + prefix.length > bytes.length || payloads.length >= MAX_PAYLOADS) return undefined;
    payloads.push(bytes.subarray(prefix.next, prefix.next + prefix.length));
    offset = prefix.next + prefix.length;
  }
  return { origin, payloads };
}
