import type { FastifyInstance } from 'fastify';
import { bytesToHex } from '../crypto/hash.js';
import { blockPieces } from './block-json.js';
import { HttpError } from './http-error.js';
import { countParameter, hexParameter, optionalHexParameter, publicKeyParameter, sequenceParameter } from './parameters.js';
import { sendPieces } from './piece-stream.js';
import type { RouteContext } from './route-context.js';

/** Text of a value that is valid UTF-8; undefined for other bytes. */
function textOf(value: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    return undefined;
  }
}

function entryJson(key: Uint8Array, value: Uint8Array): Readonly<Record<string, string>> {
  const text = textOf(value);
  return { key: bytesToHex(key), value: bytesToHex(value), ...(text === undefined ? {} : { text }) };
}

/** `GET /blocks/latest`, `/blocks/:sequence`, `/query?key=`, `/state?prefix=`, `/state/:key` and `/accounts/:publicKey`. */
export function addLedgerRoutes(app: FastifyInstance, context: RouteContext): void {
  const { view, limits, json, largeReads, share } = context;

  app.get('/blocks/:sequence', (request, reply) => largeReads.run(async () => {
    const which = sequenceParameter(request.params, 'sequence');
    const committed = await view.block(which);
    if (committed === undefined) {
      const { committed_blocks: count, first_block: first } = view.status();
      const held = count === 0 ? 'no block is committed yet' : `blocks ${first} to ${count - 1} are here`;
      throw new HttpError(404, 'block-not-found', which === 'latest' ? held : `block ${which} is not here: ${held}`);
    }
    return sendPieces(reply, { pieces: blockPieces(committed, json), heldBytes: committed.block.sizeBytes }, share);
  }));

  const queryKey = async (source: unknown): Promise<Readonly<Record<string, unknown>>> => {
    const key = hexParameter(source, 'key');
    const value = await view.query(key);
    if (value === undefined) throw new HttpError(404, 'key-not-found', 'the ledger has no such key');
    return entryJson(key, value);
  };
  app.get('/query', { config: { query: ['key'] } }, (request) => queryKey(request.query));
  app.get('/state', { config: { query: ['prefix', 'after', 'limit'] } }, async ({ query }) => {
    const asked = {
      prefix: optionalHexParameter(query, 'prefix') ?? new Uint8Array(0),
      after: optionalHexParameter(query, 'after'),
      maxCount: countParameter(query, 'limit', limits.defaultStateEntries, limits.maxStateEntries),
      maxBytes: limits.maxStateBytes,
    };
    const { entries, hasMore } = await largeReads.run(() => view.entries(asked));
    const last = entries.at(-1);
    return { entries: entries.map(([key, value]) => entryJson(key, value)), next: hasMore && last !== undefined ? bytesToHex(last[0]) : null };
  });
  app.get('/state/:key', (request) => queryKey(request.params));

  app.get('/accounts/:publicKey', async (request) => {
    const account = await view.account(publicKeyParameter(request.params, 'publicKey'));
    return { public_key: account.publicKey, next_nonce: account.nextNonce };
  });
}
