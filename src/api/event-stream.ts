import type { FastifyInstance, FastifyRequest } from 'fastify';
import { toSequence } from '../types/ids.js';
import type { CommittedBlock } from '../types/sync.js';
import { blockPieces, blockSummaryPieces } from './block-json.js';
import { EventClient } from './event-client.js';
import { HttpError } from './http-error.js';
import { flagParameter, optionalSequenceParameter, requireSequence } from './parameters.js';
import { RecentBlocks } from './recent-blocks.js';
import type { RouteContext } from './route-context.js';

const LAST_EVENT_ID = 'last-event-id';

/**
 * The block to begin with; undefined for the next that comes. A browser that connects again asks as at first, and adds
 * what it had last.
 */
function firstAsked({ headers, query }: FastifyRequest): number | undefined {
  const from = optionalSequenceParameter(query, 'from');
  const last = headers[LAST_EVENT_ID];
  return typeof last === 'string' ? requireSequence(last, LAST_EVENT_ID) + 1 : from;
}

/** The open streams, each with the block that it is sent next. */
class EventStreams {
  readonly #context: RouteContext;
  readonly #clients = new Set<EventClient>();
  readonly #recent = new RecentBlocks();
  /** The sequence after that of the newest executed block. */
  #end = 0;

  constructor(context: RouteContext) {
    this.#context = context;
  }

  get count(): number {
    return this.#clients.size;
  }

  add(client: EventClient, executedBlocks: number): void {
    this.#clients.add(client);
    this.#end = Math.max(this.#end, executedBlocks);
    this.#send(client);
  }

  remove(client: EventClient): void {
    this.#clients.delete(client);
    if (this.#clients.size === 0) this.#recent.clear();
  }

  executed(committed: CommittedBlock): void {
    const { sequence } = committed.block.header;
    this.#end = sequence + 1;
    if (this.#clients.size === 0) return;
    this.#recent.add(committed);
    for (const client of this.#clients) {
      client.next ??= sequence;
      this.#send(client);
    }
  }

  keepAlive(): void {
    for (const client of this.#clients) client.keepAlive();
  }

  end(): void {
    for (const client of this.#clients) client.end();
    this.#clients.clear();
    this.#recent.clear();
  }

  #send(client: EventClient): void {
    if (client.isSending) return;
    client.isSending = true;
    this.#sendWhatThereIs(client).catch((error: unknown) => {
      this.#context.logger.error({ err: error }, 'an event stream was ended, since a block could not be read');
      client.drop();
    });
  }

  /** Live blocks and those from the disk go the same way, in order: there is no gap and no repeat. */
  async #sendWhatThereIs(client: EventClient): Promise<void> {
    const { view, largeReads } = this.#context;
    try {
      while (client.isOpen && client.next !== undefined && client.next < this.#end) {
        const sequence = toSequence(client.next);
        const committed = this.#recent.get(sequence) ?? await largeReads.run(() => view.block(sequence));
        if (committed === undefined) {
          // Pruned meanwhile, or a snapshot took its place: connecting again, the client is told where it can go on.
          client.end();
          return;
        }
        await this.#sendBlock(client, committed);
        client.next = sequence + 1;
      }
    } finally {
      // In the same step as the last look at what there is: no block can come in between and be overlooked.
      client.isSending = false;
    }
  }

  async #sendBlock(client: EventClient, committed: CommittedBlock): Promise<void> {
    const { json, share } = this.#context;
    const pieces = client.full ? blockPieces(committed, json) : blockSummaryPieces(committed, json);
    let text = `id: ${committed.block.header.sequence}\nevent: block\ndata: `;
    for (let isFirst = true; client.isOpen; isFirst = false) {
      const piece = await share.once(client.address, () => pieces.next());
      if (piece.done === true) break;
      // What one piece is enough for, as mostly, is one write with the lines around it.
      if (!isFirst) {
        await client.write(text);
        text = '';
      }
      text += piece.value;
    }
    await client.write(`${text}\n\n`);
  }
}

/**
 * `GET /events`: executed blocks, in order, as server-sent events `block` with their sequences as ids;
 * `?transactions=true` for whole blocks, `?from=` or `Last-Event-ID` to begin with earlier ones. No client is sent more
 * than it reads: one that is slow is sent blocks later, and one that takes in nothing from one keep-alive to the next,
 * though something waits, is dropped.
 */
export function addEventStream(app: FastifyInstance, context: RouteContext): void {
  const { view, limits } = context;
  const streams = new EventStreams(context);
  const unsubscribe = view.onFinalBlock((committed) => { streams.executed(committed); });
  const heartbeat = setInterval(() => { streams.keepAlive(); }, limits.eventHeartbeatMs);
  heartbeat.unref();

  app.addHook('preClose', (done) => {
    clearInterval(heartbeat);
    unsubscribe();
    streams.end();
    done();
  });

  // A HEAD would hold a stream on which nothing ever comes.
  app.get('/events', { exposeHeadRoute: false, config: { query: ['transactions', 'from'] } }, (request, reply) => {
    const full = flagParameter(request.query, 'transactions');
    const next = firstAsked(request);
    if (streams.count >= limits.maxEventStreams) {
      throw new HttpError(503, 'too-many-streams', `${limits.maxEventStreams} event streams are open already`, 10);
    }
    const { first_block: first, executed_blocks: executed } = view.status();
    if (next !== undefined && next < first) {
      const advice = `begin with ?from=${first}, and ask another platform for earlier ones`;
      throw new HttpError(410, 'block-pruned', `block ${next} is not here any more: ${advice}`);
    }
    reply.hijack();
    const { raw } = reply;
    for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
    raw.writeHead(200, {
      'content-type': 'text/event-stream', 'cache-control': 'no-store', connection: 'keep-alive',
      // Proxies such as nginx would keep events until a buffer is full.
      'x-accel-buffering': 'no',
    });
    const client = new EventClient(raw, { full, address: request.ip, next });
    raw.on('close', () => { streams.remove(client); });
    raw.on('error', () => { streams.remove(client); });
    raw.write(': final blocks follow\n\n');
    streams.add(client, executed);
  });
}
