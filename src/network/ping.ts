import { randomBytes } from 'node:crypto';
import type { Connection, Stream } from '@libp2p/interface';
import type { MonotonicClock } from './clocks.js';

/** By which connections are noticed that went silent. */
export const PING_PROTOCOL = '/ipfs/ping/1.0.0';
const PING_BYTES = 32;
const TIMEOUT_MS = 5_000;

/** Both sides ping, and a new connection may overlap with an old one. */
export const MAX_PING_STREAMS = 4;

/**
 * Answers one ping on each stream. libp2p's own service echoes whatever comes for as long as it comes, at the cost of
 * whoever answers.
 */
export async function answerPing(stream: Stream): Promise<void> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const onTimeout = () => {
    stream.abort(new Error('the ping took too long'));
  };
  signal.addEventListener('abort', onTimeout);
  try {
    let received = 0;
    for await (const chunk of stream) {
      received += chunk.byteLength;
      if (received > PING_BYTES) throw new Error('more than one ping');
      stream.send(chunk);
      if (received === PING_BYTES) break;
    }
    await stream.close({ signal });
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)));
  } finally {
    signal.removeEventListener('abort', onTimeout);
  }
}

/**
 * One ping on a stream of its own.
 * @returns milliseconds from sending to the whole answer, the opening of the stream apart
 * @throws Error where the answer is another, or `signal` ends it before there is one
 */
export async function sendPing(connection: Connection, now: MonotonicClock, signal: AbortSignal): Promise<number> {
  const stream = await connection.newStream(PING_PROTOCOL, { signal });
  const onAbort = () => {
    stream.abort(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  };
  signal.addEventListener('abort', onAbort);
  try {
    const sent = randomBytes(PING_BYTES);
    const sentMs = now();
    stream.send(sent);
    const answer = await readPing(stream);
    const roundTripMs = now() - sentMs;
    if (!sent.equals(answer)) throw new Error('the answer to the ping is another');
    await stream.close({ signal });
    return roundTripMs;
  } catch (error) {
    const cause = error instanceof Error ? error : new Error(String(error));
    stream.abort(cause);
    throw cause;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

async function readPing(stream: Stream): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let received = 0;
  for await (const chunk of stream) {
    chunks.push(chunk.subarray());
    received += chunk.byteLength;
    if (received >= PING_BYTES) break;
  }
  return Buffer.concat(chunks);
}
