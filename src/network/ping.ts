import type { Stream } from '@libp2p/interface';

/** What libp2p's connection monitor asks in order to notice connections that went silent. */
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
