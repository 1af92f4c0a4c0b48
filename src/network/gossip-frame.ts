import { randomBytes } from 'node:crypto';
import { decodeLength, encodeLength } from './frames.js';

/**
 * What travels in one gossipsub message:
 *
 *     serial (8) ‖ one or more of: length (varint, not 0) ‖ payload
 *
 * Gossipsub knows a message by the hash of its content, marks it as seen before anyone has looked at it, and refuses
 * to send it again. The serial, fresh for each frame, makes identical payloads a new message each time. Who published
 * a payload is not said: it comes from the member at the other end of the link, which answers for it.
 */
const HEADER_BYTES = 8;
const MAX_PAYLOADS = 4096;

/** Makes frames with a serial that neither this process nor an earlier one used. */
export class GossipFrameWriter {
  #serial = randomBytes(HEADER_BYTES).readBigUInt64BE();

  encode(payloads: readonly Uint8Array[]): Uint8Array {
    this.#serial = BigInt.asUintN(64, this.#serial + 1n);
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeBigUInt64BE(this.#serial);
    return Buffer.concat([header, ...payloads.flatMap((payload) => [encodeLength(payload.length), payload])]);
  }
}

/** The payloads, each a view of `bytes`; undefined where the bytes are no frame. */
export function decodeGossipFrame(bytes: Uint8Array): readonly Uint8Array[] | undefined {
  if (bytes.length <= HEADER_BYTES) return undefined;
  const payloads: Uint8Array[] = [];
  let offset = HEADER_BYTES;
  while (offset < bytes.length) {
    let prefix;
    try {
      prefix = decodeLength(bytes, offset);
    } catch {
      return undefined;
    }
    if (prefix === undefined || prefix.length === 0 || prefix.next + prefix.length > bytes.length || payloads.length >= MAX_PAYLOADS) return undefined;
    payloads.push(bytes.subarray(prefix.next, prefix.next + prefix.length));
    offset = prefix.next + prefix.length;
  }
  return payloads;
}
