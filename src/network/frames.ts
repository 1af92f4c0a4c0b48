import type { Stream } from '@libp2p/interface';
import { Uint8ArrayList } from 'uint8arraylist';
import { NetworkError } from './errors.js';

/** What fits into one message of Noise, and the header of a muxer's frame. */
const NOISE_BYTES = 65_519;
const MUXER_HEADER_BYTES = 12;
/**
 * Chunks small enough that one large answer does not keep other streams of the connection waiting; each fills two
 * messages of Noise, to the byte, and costs the peer one window update.
 */
const WRITE_CHUNK_BYTES = 2 * NOISE_BYTES - MUXER_HEADER_BYTES;
/** What is set aside for a frame at first: a length is a claim, and memory follows only what has come. */
const FIRST_BUFFER_BYTES = 64 * 1024;
/** A length takes at most five bytes: frames stay far below 2³⁵. */
const MAX_LENGTH_BYTES = 5;

/** Unsigned LEB128, as everywhere in libp2p. */
export function encodeLength(length: number): Uint8Array {
  const bytes: number[] = [];
  let rest = length;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

/** The length at `offset` and where what follows begins; undefined where bytes are missing. @throws NetworkError `malformed` */
export function decodeLength(bytes: Uint8Array, offset: number): { readonly length: number; readonly next: number } | undefined {
  let length = 0;
  let scale = 1;
  for (let i = 0; i < MAX_LENGTH_BYTES; i++) {
    const byte = bytes[offset + i];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * scale;
    if (byte < 0x80) return { length, next: offset + i + 1 };
    scale *= 0x80;
  }
  throw new NetworkError('malformed', `the length prefix has more than ${MAX_LENGTH_BYTES} bytes`);
}

/**
 * Reads one length-prefixed frame. Nothing may follow it.
 * @throws NetworkError `too-large` as soon as the prefix says more than `maxBytes`; `malformed` on a short or long
 *   frame; what the stream was aborted with, where it was
 * Never holds more than twice what has come, beside a first 64 KiB.
 */
export async function readFrame(stream: Stream, maxBytes: number): Promise<Uint8Array> {
  let prefix = new Uint8Array(0);
  let length: number | undefined;
  let buffer = new Uint8Array(0);
  let filled = 0;
  for await (const chunk of stream) {
    let bytes = chunk instanceof Uint8Array ? chunk : chunk.subarray();
    if (length === undefined) {
      prefix = Buffer.concat([prefix, bytes]);
      const decoded = decodeLength(prefix, 0);
      if (decoded === undefined) continue;
      if (decoded.length > maxBytes) throw new NetworkError('too-large', `a frame of ${decoded.length} bytes, above the limit of ${maxBytes}`);
      length = decoded.length;
      bytes = prefix.subarray(decoded.next);
    }
    const needed = filled + bytes.length;
    if (needed > length) throw new NetworkError('malformed', 'bytes after the end of the frame');
    if (needed > buffer.length) buffer = grown(buffer, Math.min(length, Math.max(needed, 2 * buffer.length, FIRST_BUFFER_BYTES)));
    buffer.set(bytes, filled);
    filled = needed;
    if (filled === length) return buffer;
  }
  throw new NetworkError('malformed', 'the stream ended before the frame did');
}

function grown(buffer: Uint8Array, sizeBytes: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(sizeBytes);
  larger.set(buffer);
  return larger;
}

/** Writes one length-prefixed frame and closes this side, waiting whenever the peer reads more slowly than this writes. */
export async function writeFrame(stream: Stream, payload: Uint8Array, signal: AbortSignal): Promise<void> {
  const frame = new Uint8ArrayList(encodeLength(payload.length), payload);
  let writable = true;
  for (let offset = 0; offset < frame.length; offset += WRITE_CHUNK_BYTES) {
    if (!writable) await drained(stream, signal);
    writable = stream.send(frame.sublist(offset, Math.min(offset + WRITE_CHUNK_BYTES, frame.length)));
  }
  await stream.close({ signal });
}

/** The stream's own onDrain() resolves at once from its second use on, so this listens to the event. */
function drained(stream: Stream, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: unknown) => {
      stream.removeEventListener('drain', onDrain);
      stream.removeEventListener('close', onClose);
      signal.removeEventListener('abort', onClose);
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new NetworkError('refused', 'the peer closed the stream'));
    };
    const onDrain = () => {
      settle();
    };
    const onClose = () => {
      settle(signal.aborted ? signal.reason : new NetworkError('refused', 'the peer closed the stream'));
    };
    stream.addEventListener('drain', onDrain);
    stream.addEventListener('close', onClose);
    signal.addEventListener('abort', onClose);
    if (signal.aborted || stream.status !== 'open') onClose();
    else if (!stream.writableNeedsDrain) onDrain();
  });
}
