import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Logger } from 'pino';
import type { HttpLimits } from './limits.js';

/** A request with its answer, until the answer's last byte was handed to the system or the connection is gone. */
export interface Exchange {
  readonly response: ServerResponse;
  readonly socket: Socket | undefined;
  /** Of the body, as announced and then as it is. */
  bodyBytes: number;
  /** Of the answer, once there is one. */
  answerBytes: number;
  /** A route is at work on it, and holds the body even where the client has gone meanwhile. */
  working: boolean;
  /** The answer is there, and sent as soon as those before it are. False of an event stream, which has bounds of its own. */
  answering: boolean;
  ended: boolean;
}

/** Answers up to this size are sent however much waits to be sent: a platform can always be asked how it is. */
const SMALL_ANSWER_BYTES = 16 * 1024;

/**
 * Counts what the requests under way keep in memory, and ends connections whose clients do not read. Clients may send
 * several requests on one connection before they read an answer: node keeps their answers until those before are sent,
 * and says of none but the first that the connection has gone.
 */
export class Exchanges {
  readonly #limits: HttpLimits;
  readonly #logger: Pick<Logger, 'debug'>;
  /** Of each connection, in the order of the requests, which is that of the answers. */
  readonly #queues = new WeakMap<Socket, Exchange[]>();
  #bodyBytes = 0;
  #answerBytes = 0;

  constructor(limits: HttpLimits, logger: Pick<Logger, 'debug'>) {
    this.#limits = limits;
    this.#logger = logger;
  }

  /** Bytes of bodies that are being received or worked on. */
  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  /** Bytes of answers that are not sent yet. */
  get answerBytes(): number {
    return this.#answerBytes;
  }

  /** Whether no request is under way on a connection: none came yet, or only a part of one's headers. */
  isIdle(socket: Socket): boolean {
    return (this.#queues.get(socket)?.length ?? 0) === 0;
  }

  begin(response: ServerResponse): Exchange {
    const { socket } = response.req;
    // Requests that tests inject have no connection.
    const exchange: Exchange = {
      response, socket: socket instanceof Socket ? socket : undefined, bodyBytes: 0, answerBytes: 0, working: false, answering: false, ended: false,
    };
    if (exchange.socket !== undefined) this.#queueOf(exchange.socket).push(exchange);
    response.once('close', () => { this.#end(exchange); });
    return exchange;
  }

  /** @returns false where this body has no room beside the others */
  admitBody(exchange: Exchange, sizeBytes: number): boolean {
    if (this.#bodyBytes > 0 && this.#bodyBytes + sizeBytes > this.#limits.maxBodyBytesInFlight) return false;
    this.#holdBody(exchange, sizeBytes);
    return true;
  }

  /** The body is here. Of one whose size was not announced the largest that is allowed was counted. */
  bodyRead(exchange: Exchange, sizeBytes: number): void {
    this.#holdBody(exchange, Math.min(sizeBytes, exchange.bodyBytes));
  }

  /** A route takes it over, until `answer`. */
  workBegins(exchange: Exchange): void {
    exchange.working = true;
  }

  /**
   * The work is done, and this is to be sent.
   *
   * @returns false where it has no room beside the others that wait to be sent: something small must be sent in its place
   */
  answer(exchange: Exchange, sizeBytes: number): boolean {
    exchange.working = false;
    this.#settle(exchange);
    if (exchange.ended) return true;
    exchange.answering = true;
    this.#pace(exchange.socket);
    const isTooMuch = this.#answerBytes > 0 && this.#answerBytes + sizeBytes > this.#limits.maxAnswerBytesInFlight;
    if (sizeBytes > SMALL_ANSWER_BYTES && isTooMuch) return false;
    this.#answerBytes += sizeBytes - exchange.answerBytes;
    exchange.answerBytes = sizeBytes;
    return true;
  }

  /**
   * Only while an answer is sent does a connection on which nothing moves end: what waits for finality may be silent
   * for longer. Node resets the time itself between requests, and asks at the end of it whether the system took any
   * more of what is to be written.
   */
  #pace(socket: Socket | undefined): void {
    const next = socket === undefined ? undefined : this.#queues.get(socket)?.[0];
    if (next !== undefined) socket?.setTimeout(next.answering ? this.#limits.answerStallMs : 0);
  }

  #queueOf(socket: Socket): Exchange[] {
    const known = this.#queues.get(socket);
    if (known !== undefined) return known;
    const queue: Exchange[] = [];
    this.#queues.set(socket, queue);
    socket.once('close', () => { for (const exchange of [...queue]) this.#end(exchange); });
    socket.on('timeout', () => {
      const path = queue[0]?.response.req.url;
      if (path !== undefined) this.#logger.debug({ path, answerStallMs: this.#limits.answerStallMs }, 'a client does not read its answer; its connection is ended');
    });
    return queue;
  }

  #end(exchange: Exchange): void {
    if (exchange.ended) return;
    exchange.ended = true;
    this.#answerBytes -= exchange.answerBytes;
    exchange.answerBytes = 0;
    this.#settle(exchange);
    const queue = exchange.socket === undefined ? undefined : this.#queues.get(exchange.socket);
    queue?.splice(queue.indexOf(exchange), 1);
    this.#pace(exchange.socket);
  }

  #settle(exchange: Exchange): void {
    if (exchange.ended && !exchange.working) this.#holdBody(exchange, 0);
  }

  #holdBody(exchange: Exchange, sizeBytes: number): void {
    this.#bodyBytes += sizeBytes - exchange.bodyBytes;
    exchange.bodyBytes = sizeBytes;
  }
}
