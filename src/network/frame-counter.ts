import type { StreamMessageEvent } from '@libp2p/interface';
import { NetworkError } from './errors.js';

/** How one frame of a stream ends, told byte by byte: the length of its body once `header` is whole, undefined before. */
type Framing = (header: readonly number[]) => number | undefined;

const YAMUX_HEADER_BYTES = 12;
const YAMUX_DATA = 0;
/** The most that yamux lets a peer send on one stream before it is read: its own default of a largest window. */
const MAX_YAMUX_BODY_BYTES = 16 * 1024 * 1024;
/** More than it-length-prefixed reads; it ends the stream there. */
const MAX_VARINT_BYTES = 10;

/**
 * The frames of yamux. Only data has a body; the length of other frames is a number with another meaning. Yamux itself
 * gathers a frame of any length, up to 4 GiB, before it looks at it.
 * @throws NetworkError `too-large`
 */
export const yamuxFraming: Framing = (header) => {
  if (header.length < YAMUX_HEADER_BYTES) return undefined;
  const [, type, , , , , , , a = 0, b = 0, c = 0, d = 0] = header;
  const length = ((a * 256 + b) * 256 + c) * 256 + d;
  if (type !== YAMUX_DATA) return 0;
  if (length > MAX_YAMUX_BODY_BYTES) throw new NetworkError('too-large', `a yamux frame of ${length} bytes, above the limit of ${MAX_YAMUX_BODY_BYTES}`);
  return length;
};

/** Frames after an unsigned LEB128 length: gossipsub's RPCs. */
export const lengthPrefixFraming: Framing = (header) => {
  const last = header.at(-1) ?? 0;
  if (last >= 0x80 && header.length < MAX_VARINT_BYTES) return undefined;
  return header.reduceRight((length, byte) => length * 0x80 + (byte & 0x7f), 0);
};

/** Counts the frames that begin in a stream's bytes, without keeping any. */
export class FrameCounter {
  readonly #framing: Framing;
  #header: number[] = [];
  #bodyLeft = 0;

  constructor(framing: Framing) {
    this.#framing = framing;
  }

  /** Frames whose headers end in these bytes. @throws what the framing throws */
  count(data: StreamMessageEvent['data']): number {
    let frames = 0;
    for (const piece of data instanceof Uint8Array ? [data] : data) {
      for (let offset = 0; offset < piece.length;) {
        const skipped = Math.min(this.#bodyLeft, piece.length - offset);
        this.#bodyLeft -= skipped;
        offset += skipped;
        if (offset === piece.length) break;
        this.#header.push(piece[offset] ?? 0);
        offset++;
        const bodyLength = this.#framing(this.#header);
        if (bodyLength === undefined) continue;
        this.#header = [];
        this.#bodyLeft = bodyLength;
        frames++;
      }
    }
    return frames;
  }
}
