import type { FastifyInstance } from 'fastify';
import { bytesToHex } from '../crypto/hash.js';
import { blockJson } from './block-json.js';
import { HttpError } from './http-error.js';
import { hexParameter, publicKeyParameter, sequenceParameter } from './parameters.js';
import type { RouteContext } from './route-context.js';

/** Text of a value that is valid UTF-8; undefined for other bytes. */
function textOf(value: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    return undefined;
  }
}

/** `GET /blocks/latest`, `/blocks/:sequence`, `/query?key=`, `/state/:key` and `/accounts/:publicKey`. */
export function addLedgerRoutes(app: FastifyInstance, { view, json }: RouteContext): void {
  app.get('/blocks/:sequence', async (request) => {
    const which = sequenceParameter(request.params, 'sequence');
    const block = await view.block(which);
    if (block === undefined) {
      const { committed_blocks: count, first_block: first } = view.status();
      const held = count === 0 ? 'no block is committed yet' : `blocks ${first} to ${count - 1} are here`;
      throw new HttpError(404, 'block-not-found', which === 'latest' ? held : `block ${which} is not here: ${held}`);
    }
    return blockJson(block, json);
  });

  const queryKey = async (source: unknown): Promise<Readonly<Record<string, unknown>>> => {
    const key = hexParameter(source, 'key');
    const value = await view.query(key);
    if (value === undefined) throw new HttpError(404, 'key-not-found', 'the ledger has no such key');
    const text = textOf(value);
    return { key: bytesToHex(key), value: bytesToHex(value), ...(text === undefined ? {} : { text }) };
  };
  app.get('/query', (request) => queryKey(request.query));
  app.get('/state/:key', (request) => queryKey(request.params));

  app.get('/accounts/:publicKey', async (request) => {
    const account = await view.account(publicKeyParameter(request.params, 'publicKey'));
    return { public_key: account.publicKey, next_nonce: account.nextNonce };
  });
}
