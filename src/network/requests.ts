import type { Connection, Stream } from '@libp2p/interface';
import type { PublicKeyHex } from '../types/ids.js';
import type { Counters } from './counters.js';
import { NetworkError } from './errors.js';
import { readFrame, writeFrame } from './frames.js';
import type { RequestLimits } from './options.js';

/** Answers one request; a rejection resets the stream. */
export type RequestHandler = (request: Uint8Array, from: PublicKeyHex) => Promise<Uint8Array>;

/**
 * Runs `work` on the stream. At the deadline, or when the caller aborts, the stream is reset; that, or a reset by the
 * peer, aborts the signal that `work` is given. No timer is left.
 */
async function withDeadline<T>(stream: Stream, timeoutMs: number, abort: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = new AbortController();
  const timer = setTimeout(() => {
    deadline.abort(new NetworkError('timeout', `not finished within ${timeoutMs} ms`));
  }, timeoutMs);
  const signal = AbortSignal.any([deadline.signal, abort]);
  const onAbort = () => {
    stream.abort(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  };
  signal.addEventListener('abort', onAbort);
  const onClose = () => {
    if (stream.status !== 'closed') deadline.abort(new NetworkError('refused', 'the peer reset the stream'));
  };
  stream.addEventListener('close', onClose);
  try {
    return await work(signal);
  } catch (error) {
    const cause = signal.aborted ? (signal.reason as unknown) : error;
    const reason = cause instanceof Error ? cause : new Error(String(cause));
    stream.abort(reason);
    throw reason;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    stream.removeEventListener('close', onClose);
  }
}

/**
 * Sends `request` on a stream of its own and reads the answer.
 * @throws NetworkError `timeout`, `too-large`, `refused` or `malformed`
 */
export async function sendRequest(
  connection: Connection,
  protocol: string,
  request: Uint8Array,
  options: { readonly timeoutMs: number; readonly maxResponseBytes: number },
  abort: AbortSignal,
): Promise<Uint8Array> {
  const startedMs = performance.now();
  let stream: Stream;
  try {
    stream = await connection.newStream(protocol, { signal: AbortSignal.any([abort, AbortSignal.timeout(options.timeoutMs)]) });
  } catch (error) {
    throw requestError(error, protocol);
  }
  const leftMs = Math.max(1, options.timeoutMs - (performance.now() - startedMs));
  try {
    return await withDeadline(stream, leftMs, abort, async (signal) => {
      // A server may refuse before it has read everything, so its answer is awaited while the request is written.
      const [, response] = await Promise.all([writeFrame(stream, request, signal), readFrame(stream, options.maxResponseBytes)]);
      return response;
    });
  } catch (error) {
    throw requestError(error, protocol);
  }
}

function requestError(error: unknown, protocol: string): NetworkError {
  if (error instanceof NetworkError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  if (cause.name === 'TimeoutError' || cause.name === 'AbortError') {
    return new NetworkError('timeout', `${protocol}: no answer in time`, { cause });
  }
  return new NetworkError('refused', `${protocol}: the peer ended the stream (${cause.message})`, { cause });
}

/** Server side of one protocol: bounded in size, time and concurrency. Nothing a peer does makes it throw. */
export class RequestServer {
  readonly #limits: RequestLimits;
  readonly #timeoutMs: number;
  readonly #counters: Counters;
  readonly #memberOf: (connection: Connection) => PublicKeyHex | undefined;
  readonly #handler: RequestHandler;
  readonly #abort: AbortSignal;
  readonly #active = new Map<PublicKeyHex, number>();
  #activeTotal = 0;

  constructor(init: {
    readonly limits: RequestLimits;
    readonly timeoutMs: number;
    readonly counters: Counters;
    readonly memberOf: (connection: Connection) => PublicKeyHex | undefined;
    readonly handler: RequestHandler;
    readonly abort: AbortSignal;
  }) {
    this.#limits = init.limits;
    this.#timeoutMs = init.timeoutMs;
    this.#counters = init.counters;
    this.#memberOf = init.memberOf;
    this.#handler = init.handler;
    this.#abort = init.abort;
  }

  /** libp2p's stream handler. */
  readonly onStream = (stream: Stream, connection: Connection): void => {
    const from = this.#memberOf(connection);
    const active = from === undefined ? 0 : (this.#active.get(from) ?? 0);
    if (from === undefined || active >= this.#limits.maxConcurrentPerPeer || this.#activeTotal >= this.#limits.maxConcurrent) {
      this.#counters.add(from === undefined ? 'request-not-member' : 'request-refused-busy');
      stream.abort(new NetworkError('refused', 'too many requests at once'));
      return;
    }
    this.#active.set(from, active + 1);
    this.#activeTotal++;
    void this.#serve(stream, from).finally(() => {
      this.#activeTotal--;
      const left = (this.#active.get(from) ?? 1) - 1;
      if (left > 0) this.#active.set(from, left);
      else this.#active.delete(from);
    });
  };

  async #serve(stream: Stream, from: PublicKeyHex): Promise<void> {
    try {
      await withDeadline(stream, this.#timeoutMs, this.#abort, async (signal) => {
        const request = await readFrame(stream, this.#limits.maxRequestBytes);
        const response = await raceAbort(this.#handler(request, from), signal);
        await writeFrame(stream, response, signal);
      });
      this.#counters.add('request-answered');
    } catch (error) {
      this.#counters.add(error instanceof NetworkError ? `request-${error.code}` : isBusy(error) ? 'request-refused-share' : 'request-failed');
    }
  }
}

/** The handler has no more time for this peer now: nobody is to blame. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'busy';
}

/** A handler that never settles must not hold its place for ever. */
function raceAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}
