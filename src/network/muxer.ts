import { yamux, type YamuxMuxerInit } from '@chainsafe/libp2p-yamux';
import type { Connection, MessageStream, StreamMessageEvent, StreamMuxerFactory } from '@libp2p/interface';
import { FrameCounter, yamuxFraming } from './frame-counter.js';

/** Told of what came, before it is looked at; tells for how many milliseconds to read nothing more. */
export type OnTraffic = (frames: number, sizeBytes: number) => number;

/** Debts smaller than this are left to add up. */
const MIN_PAUSE_MS = 10;

/** Of the muxers of `guardedYamux`. */
const guards = new WeakMap<object, TrafficGuard>();

/**
 * Yamux with two guards that it lacks. Where it sends is no exception: it sends the first frame of a stream in a
 * microtask, and resets and goodbyes from within event handlers, where nobody catches what a closed connection throws;
 * a member that was cut off at the right moment took the process with it. And what comes is counted, for `watchTraffic`.
 */
export function guardedYamux(init: YamuxMuxerInit): () => StreamMuxerFactory {
  const create = yamux(init);
  return () => {
    const factory = create();
    const createMuxer = factory.createStreamMuxer.bind(factory);
    const createStreamMuxer = (connection: MessageStream) => {
      sendQuietly(connection);
      // Listens before the muxer does, so that what floods can be kept from it.
      const guard = new TrafficGuard(connection);
      const muxer = createMuxer(connection);
      guards.set(muxer, guard);
      return muxer;
    };
    return Object.assign(factory, { createStreamMuxer });
  };
}

/** Has the traffic of a connection reported from now on, at once what came before. False where it is not one over `guardedYamux`. */
export function watchTraffic(connection: Connection, onTraffic: OnTraffic): boolean {
  const muxer: unknown = Reflect.get(connection, 'muxer');
  const guard = typeof muxer === 'object' && muxer !== null ? guards.get(muxer) : undefined;
  if (guard === undefined) return false;
  guard.watch(onTraffic);
  return true;
}

/** What throws has closed the connection, or was told that it is: its streams learn that from its `close` event. */
function sendQuietly(connection: MessageStream): void {
  const send = connection.send.bind(connection);
  connection.send = (data) => {
    try {
      return send(data);
    } catch {
      return true;
    }
  };
}

class TrafficGuard {
  /** What came before anybody watched: on a busy host a connection is told of late. */
  #early = { frames: 0, sizeBytes: 0 };
  #onTraffic: OnTraffic = (frames, sizeBytes) => {
    this.#early = { frames: this.#early.frames + frames, sizeBytes: this.#early.sizeBytes + sizeBytes };
    return 0;
  };
  readonly #connection: MessageStream;
  readonly #frames = new FrameCounter(yamuxFraming);
  #pausing = false;

  constructor(connection: MessageStream) {
    this.#connection = connection;
    connection.addEventListener('message', (event) => { this.#onMessage(event); });
  }

  watch(onTraffic: OnTraffic): void {
    this.#onTraffic = onTraffic;
    const { frames, sizeBytes } = this.#early;
    if (sizeBytes > 0) this.#report(frames, sizeBytes);
  }

  #report(frames: number, sizeBytes: number): void {
    const pauseMs = this.#onTraffic(frames, sizeBytes);
    if (pauseMs >= MIN_PAUSE_MS) this.#pause(pauseMs);
  }

  #onMessage(event: StreamMessageEvent): void {
    const { data } = event;
    try {
      this.#report(this.#frames.count(data), data.byteLength);
    } catch (error) {
      this.#connection.abort(error instanceof Error ? error : new Error(String(error)));
    }
    // Cut off just now: what led to it is not looked at.
    if (this.#connection.status !== 'open') event.stopImmediatePropagation();
  }

  /** A microtask later, since a connection that is paused while it passes on what had waited does not stop reading. */
  #pause(pauseMs: number): void {
    if (this.#pausing) return;
    this.#pausing = true;
    queueMicrotask(() => { this.#turn('pause'); });
    setTimeout(() => {
      this.#pausing = false;
      this.#turn('resume');
    }, pauseMs);
  }

  #turn(reading: 'pause' | 'resume'): void {
    try {
      this.#connection[reading]();
    } catch {
      // It is closing: nothing more is read from it anyway.
    }
  }
}
