import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Exchange, Exchanges } from './exchanges.js';
import { HttpError } from './http-error.js';
import type { HttpErrorCode } from './http-error.js';
import type { HttpLimits } from './limits.js';
import { PieceStream } from './piece-stream.js';

/** Told by the parsers of bodies. */
export interface BodyBounds {
  bodyRead(request: FastifyRequest, sizeBytes: number): void;
}

const RETRY_AFTER_SECONDS = 1;

function mebibytes(sizeBytes: number): string {
  return `${Math.round((sizeBytes / (1 << 20)) * 10) / 10} MiB`;
}

/** What the body will take; the largest that is allowed where its size is not announced. One that is larger is refused unread. */
function announcedBytes({ method, headers, routeOptions }: FastifyRequest): number {
  // Bodies of these are not read.
  if (method === 'GET' || method === 'HEAD') return 0;
  const maxBytes = routeOptions.bodyLimit;
  if (headers['transfer-encoding'] !== undefined) return maxBytes;
  const sizeBytes = Number(headers['content-length'] ?? 0);
  return sizeBytes <= maxBytes ? sizeBytes : 0;
}

function sizeOf(payload: unknown): number {
  if (payload instanceof PieceStream) return payload.heldBytes;
  if (typeof payload === 'string') return Buffer.byteLength(payload);
  return payload instanceof Uint8Array ? payload.byteLength : 0;
}

/** Puts the bounds of what requests under way keep in memory around all routes. */
export function boundExchanges(app: FastifyInstance, limits: HttpLimits, exchanges: Exchanges): BodyBounds {
  const { maxBodyBytesInFlight, maxAnswerBytesInFlight } = limits;
  const exchangeOf = new WeakMap<FastifyRequest, Exchange>();

  app.addHook('onRequest', (request, reply, done) => {
    const exchange = exchanges.begin(reply.raw);
    exchangeOf.set(request, exchange);
    if (exchanges.admitBody(exchange, announcedBytes(request))) done();
    else {
      done(new HttpError(
        503, 'too-many-body-bytes', `requests with ${mebibytes(maxBodyBytesInFlight)} of bodies are under way already; come again, with smaller bodies`, RETRY_AFTER_SECONDS,
      ));
    }
  });
  app.addHook('preHandler', (request, _reply, done) => {
    const exchange = exchangeOf.get(request);
    if (exchange !== undefined) exchanges.workBegins(exchange);
    done();
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    const exchange = exchangeOf.get(request);
    if (exchange === undefined || exchanges.answer(exchange, sizeOf(payload))) {
      done(null, payload);
      return;
    }
    if (payload instanceof PieceStream) payload.destroy();
    const message = `answers of ${mebibytes(maxAnswerBytesInFlight)} wait for clients to read them already; come again`;
    void reply.code(503).header('retry-after', RETRY_AFTER_SECONDS).header('content-type', 'application/json; charset=utf-8');
    done(null, JSON.stringify({ error: { code: 'too-many-answer-bytes' satisfies HttpErrorCode, message } }));
  });

  return {
    bodyRead: (request, sizeBytes) => {
      const exchange = exchangeOf.get(request);
      if (exchange !== undefined) exchanges.bodyRead(exchange, sizeBytes);
    },
  };
}
