import type { Server } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Connections } from './connections.js';
import { hostAllowed } from './host-guard.js';
import { HttpError } from './http-error.js';
import { requireKnownParameters } from './parameters.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Names of the parameters that the route's query string may have; none if absent. */
    readonly query?: readonly string[];
    /** Answered also on a connection that came when all places were taken. */
    readonly alwaysAnswered?: boolean;
  }
}

const RETRY_AFTER_SECONDS = 1;
const NO_PLACE = 'as many connections as may be are open and at work; '
  + 'this one may ask for /health, /livez, /readyz, /peers and /consensus/status';
const FOREIGN_HOST = 'this platform answers to loopback host names only; ask http://127.0.0.1:PORT';

/** The IP address that is listened on; undefined where none is yet. */
export function boundAddress(server: Server): string | undefined {
  const bound = server.address();
  return typeof bound === 'object' ? bound?.address : undefined;
}

/** Puts around all routes what is refused before anything of a request's body is read. */
export function guardRequests(app: FastifyInstance, connections: Connections): void {
  app.addHook('onRequest', ({ socket, is404, routeOptions }, reply, done) => {
    connections.used(socket);
    const isSpare = connections.isSpare(socket);
    if (isSpare) void reply.header('connection', 'close');
    const isAnswered = !isSpare || (!is404 && routeOptions.config.alwaysAnswered === true);
    done(isAnswered ? undefined : new HttpError(503, 'too-many-connections', NO_PLACE, RETRY_AFTER_SECONDS));
  });
  app.addHook('onRequest', ({ headers }, _reply, done) => {
    if (hostAllowed(headers.host, boundAddress(app.server))) done();
    else done(new HttpError(403, 'host-not-allowed', FOREIGN_HOST));
  });
  app.addHook('onRequest', ({ query, is404, routeOptions }, _reply, done) => {
    if (!is404) requireKnownParameters(query, routeOptions.config.query ?? []);
    done();
  });
}
