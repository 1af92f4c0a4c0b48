import { randomUUID } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import type { Socket } from 'node:net';
import fastify from 'fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import type { DescribePayload } from './block-json.js';
import { Connections } from './connections.js';
import { addEventStream } from './event-stream.js';
import { Exchanges } from './exchanges.js';
import { boundExchanges } from './exchange-hooks.js';
import type { BodyBounds } from './exchange-hooks.js';
import { isLoopbackAddress } from './host-guard.js';
import { HttpError, answerOf } from './http-error.js';
import type { HttpErrorCode } from './http-error.js';
import { identityHeaders } from './identity.js';
import type { ApiIdentity } from './identity.js';
import { addLedgerRoutes } from './ledger-routes.js';
import { LargeReads } from './large-reads.js';
import { DEFAULT_HTTP_LIMITS } from './limits.js';
import type { HttpLimits } from './limits.js';
import { addPlatformRoutes } from './platform-routes.js';
import type { PlatformView } from './platform-view.js';
import { boundAddress, guardRequests } from './request-guards.js';
import { addTransactionRoutes } from './transaction-routes.js';
import { WorkShare } from './work-share.js';

export interface HttpServerOptions {
  /** Name or address to bind; on a loopback address only requests that name a loopback host are answered. */
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly logger: Pick<Logger, 'error' | 'debug'>;
  readonly limits?: Partial<HttpLimits>;
  /** Puts payloads in words in the JSON of transactions. */
  readonly describePayload?: DescribePayload;
}

export interface HttpServer {
  /** Such as `http://127.0.0.1:41234`, without a slash at the end. */
  readonly url: string;
  /** What its answers say of whose they are. */
  readonly identity: ApiIdentity;
  /** Whether the address that is bound can be reached from this host only. */
  readonly isLoopback: boolean;
  /** Ends every connection, event streams and waiting submissions included. */
  close(): Promise<void>;
}

/** How often connections are held to their deadlines. */
const DEADLINE_CHECK_MS = 1_000;
/** Path segments are hashes, keys in hexadecimal and numbers. */
const MAX_SEGMENT_LENGTH = 2048;

function identityOf(view: PlatformView): ApiIdentity {
  const { chain_id: chainId, public_key: publicKey } = view.status();
  return { instance: randomUUID(), chainId, publicKey };
}

function addBodyParsers(app: FastifyInstance, bounds: BodyBounds): void {
  // text/plain, which a web page may post anywhere without asking, is among the parsers removed.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (request, body, done) => {
    bounds.bodyRead(request, body.length);
    done(null, body);
  });
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    bounds.bodyRead(request, Buffer.byteLength(body));
    try {
      done(null, JSON.parse(body.toString()));
    } catch {
      done(new HttpError(400, 'malformed-body', 'the body is not JSON'));
    }
  });
}

/** The routes without a socket: for `createHttpServer`, and for tests by `inject`. */
export function buildHttpServer(view: PlatformView, options: HttpServerOptions, identity = identityOf(view)): FastifyInstance {
  const limits = { ...DEFAULT_HTTP_LIMITS, ...options.limits };
  const { logger } = options;
  const ownHeaders = identityHeaders(identity);
  const app = fastify({
    logger: false,
    bodyLimit: limits.maxBodyBytes,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.idleTimeoutMs,
    http: {
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: Math.min(DEADLINE_CHECK_MS, limits.headersTimeoutMs),
    },
    forceCloseConnections: true,
    return503OnClosing: true,
    routerOptions: { maxParamLength: MAX_SEGMENT_LENGTH },
    // What the router itself refuses never comes to the error handler.
    frameworkErrors: ({ statusCode = 400 }, _request, reply: FastifyReply) => {
      const message = `the path is not a valid URL, or a part of it has more than ${MAX_SEGMENT_LENGTH} characters`;
      void reply.code(statusCode).headers(ownHeaders).send({ error: { code: 'malformed-url' satisfies HttpErrorCode, message } });
    },
  });
  const exchanges = new Exchanges(limits, logger);
  const connections = new Connections(limits, (socket) => exchanges.isIdle(socket));
  // Those that are on their way out count too.
  app.server.maxConnections = limits.maxConnections + 2 * limits.spareConnections;
  app.server.on('connection', (socket: Socket) => { connections.opened(socket); });

  app.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(ownHeaders);
    done();
  });
  guardRequests(app, connections);
  addBodyParsers(app, boundExchanges(app, limits, exchanges));
  app.setErrorHandler((error, request, reply) => {
    const { statusCode, code, message, retryAfterSeconds } = answerOf(error);
    if (statusCode >= 500 && code === 'internal') logger.error({ err: error, method: request.method, path: request.url }, 'HTTP request failed');
    else logger.debug({ method: request.method, path: request.url, statusCode, code }, 'HTTP request refused');
    if (retryAfterSeconds !== undefined) void reply.header('retry-after', retryAfterSeconds);
    return reply.code(statusCode).send({ error: { code, message } });
  });
  app.setNotFoundHandler((request, reply) => (
    reply.code(404).send({ error: { code: 'route-not-found', message: `there is no ${request.method} ${request.url.slice(0, 200)}` } })));

  const context = {
    view,
    limits,
    identity,
    logger,
    share: new WorkShare({ sliceMs: limits.workSliceMs, soon: (run) => { view.afterUrgentWork(run); } }),
    largeReads: new LargeReads(limits.maxLargeReads),
    json: {
      platformName: view.platformName.bind(view),
      leaderName: view.leaderName.bind(view),
      describePayload: options.describePayload ?? (() => undefined),
      transactionsOf: view.transactionsOf.bind(view),
    },
  };
  addPlatformRoutes(app, context);
  addLedgerRoutes(app, context);
  addTransactionRoutes(app, context);
  addEventStream(app, context);
  return app;
}

/**
 * Serves a platform over HTTP until closed.
 * @throws Error with the system's code (`EADDRINUSE`, `EACCES`, …) where the address cannot be bound
 */
export async function createHttpServer(view: PlatformView, options: HttpServerOptions): Promise<HttpServer> {
  const identity = identityOf(view);
  const app = buildHttpServer(view, options, identity);
  try {
    // Fastify binds `localhost` several times, by servers of their own without the bounds of this one.
    const { address } = await lookup(options.host);
    const url = await app.listen({ host: address, port: options.port });
    return { url, identity, isLoopback: isLoopbackAddress(boundAddress(app.server) ?? ''), close: () => app.close() };
  } catch (error) {
    await app.close();
    throw error;
  }
}
