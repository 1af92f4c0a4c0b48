import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { CommittedBlock } from '../types/sync.js';
import { blockJson, blockSummaryJson } from './block-json.js';
import { HttpError } from './http-error.js';
import { flagParameter } from './parameters.js';
import type { RouteContext } from './route-context.js';

interface Client {
  readonly response: ServerResponse;
  /** Whether it wants whole transactions rather than their ids. */
  readonly full: boolean;
  /** At the last keep-alive, something written before it was not taken by the system yet. */
  wasBehind: boolean;
  /** Pieces that the system took since then. */
  taken: number;
}

function eventOf(committed: CommittedBlock, data: unknown): string {
  return `id: ${committed.block.header.sequence}\nevent: block\ndata: ${JSON.stringify(data)}\n\n`;
}

/**
 * `GET /events`: final blocks, in order, as server-sent events `block`; `?transactions=true` for whole blocks.
 * A client that reads slower than blocks are made is dropped once `maxEventBufferBytes` wait for it, and one that takes
 * in nothing from one keep-alive to the next, though something waits for it; it connects again and asks `/blocks/:sequence` for what it missed.
 */
export function addEventStream(app: FastifyInstance, { view, limits, json }: RouteContext): void {
  const clients = new Set<Client>();

  const drop = (client: Client): void => {
    clients.delete(client);
    client.response.destroy();
  };

  const write = (client: Client, text: string): void => {
    client.response.write(text, () => { client.taken += 1; });
    if (client.response.writableLength > limits.maxEventBufferBytes) drop(client);
  };

  const unsubscribe = view.onFinalBlock((committed) => {
    if (clients.size === 0) return;
    let summary: string | undefined;
    let whole: string | undefined;
    for (const client of clients) {
      if (client.full) whole ??= eventOf(committed, blockJson(committed, json));
      else summary ??= eventOf(committed, blockSummaryJson(committed, json));
      write(client, (client.full ? whole : summary) ?? '');
    }
  });

  // Finds clients that went away without a word, and keeps proxies from closing a quiet stream.
  const heartbeat = setInterval(() => {
    for (const client of clients) {
      // What waits for a client that does not read is not kept for ever, however little it is.
      const isBehind = client.response.writableLength > 0;
      if (isBehind && client.wasBehind && client.taken === 0) drop(client);
      else write(client, ': alive\n\n');
      client.wasBehind = isBehind;
      client.taken = 0;
    }
  }, limits.eventHeartbeatMs);
  heartbeat.unref();

  app.addHook('preClose', (done) => {
    clearInterval(heartbeat);
    unsubscribe();
    for (const { response } of clients) response.end();
    clients.clear();
    done();
  });

  app.get('/events', { config: { query: ['transactions'] } }, (request, reply) => {
    if (clients.size >= limits.maxEventStreams) {
      throw new HttpError(503, 'too-many-streams', `${limits.maxEventStreams} event streams are open already`, 10);
    }
    const client: Client = { response: reply.raw, full: flagParameter(request.query, 'transactions'), wasBehind: false, taken: 0 };
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', connection: 'keep-alive' });
    reply.raw.on('close', () => { clients.delete(client); });
    reply.raw.on('error', () => { clients.delete(client); });
    clients.add(client);
    reply.raw.write(': final blocks follow\n\n');
  });
}
