import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hexToBytes } from '../crypto/hash.js';
import type { Hash } from '../types/ids.js';
import { finalTransactionJson } from './block-json.js';
import { HttpError, isTimeout, isTryLater, refusalOf } from './http-error.js';
import type { ErrorAnswer } from './http-error.js';
import { flagParameter, hashParameter, timeoutParameter } from './parameters.js';
import type { RouteContext } from './route-context.js';
import { splitBatch } from './transaction-batch.js';

/** Signature checks take tens of microseconds each; consensus gets its turn after this many of a batch. */
const BATCH_SLICE = 16;

/** `GET /transactions/:id`'s answer for a transaction that is not final yet. */
interface PendingJson {
  readonly id: Hash;
  readonly status: 'pending';
}

/**
 * A copy of its own: a pending transaction must not keep the memory of the request it came in.
 * @throws HttpError unless the body is octets, or JSON {"transaction":"<hex>"}
 */
function transactionBytes(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return new Uint8Array(body);
  if (typeof body === 'object' && body !== null && 'transaction' in body && typeof body.transaction === 'string') {
    if (/^([0-9a-fA-F]{2})+$/.test(body.transaction)) return hexToBytes(body.transaction.toLowerCase());
    throw new HttpError(400, 'malformed-body', 'transaction: must be the canonical bytes in hexadecimal');
  }
  throw new HttpError(400, 'malformed-body', 'send the canonical bytes as application/octet-stream, or JSON {"transaction":"<hex>"}');
}

function sendRefusal(reply: FastifyReply, refusal: ErrorAnswer): FastifyReply {
  if (refusal.retryAfterSeconds !== undefined) void reply.header('retry-after', refusal.retryAfterSeconds);
  return reply.code(refusal.statusCode).send({ error: { code: refusal.code, message: refusal.message } });
}

/** Runs a submission; a refusal of the view is a value, anything else it throws is a fault and goes on. */
function attempt<T>(submit: () => T): { readonly value: T } | { readonly refusal: ErrorAnswer } {
  try {
    return { value: submit() };
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    return { refusal };
  }
}

/** `POST /transactions`, `POST /transactions/batch` and `GET /transactions/:id`. */
export function addTransactionRoutes(app: FastifyInstance, { view, limits }: RouteContext): void {
  let waiting = 0;

  const answerWhenFinal = async (id: Hash, timeoutMs: number, reply: FastifyReply): Promise<FastifyReply> => {
    waiting += 1;
    try {
      return await reply.send(finalTransactionJson(await view.waitFinal(id, timeoutMs)));
    } catch (error) {
      const refusal = isTimeout(error) ? undefined : refusalOf(error);
      if (refusal !== undefined) return await sendRefusal(reply, refusal);
      if (!isTimeout(error)) throw error;
      return await reply.code(202).send({ id, status: 'pending' } satisfies PendingJson);
    } finally {
      waiting -= 1;
    }
  };

  app.post('/transactions', { config: { query: ['wait', 'timeoutMs'] } }, async (request, reply) => {
    const bytes = transactionBytes(request.body);
    const wait = flagParameter(request.query, 'wait');
    const timeoutMs = timeoutParameter(request.query, 'timeoutMs', limits.defaultWaitMs, limits.maxWaitMs);
    if (wait && waiting >= limits.maxWaiting) {
      throw new HttpError(503, 'too-many-waiting', `${limits.maxWaiting} submissions wait already; submit without wait, or come again`, 1);
    }
    const submitted = attempt(() => view.submit(bytes));
    if ('refusal' in submitted) return sendRefusal(reply, submitted.refusal);
    if (wait) return answerWhenFinal(submitted.value, timeoutMs, reply);
    return reply.code(202).send({ id: submitted.value, status: 'pending' } satisfies PendingJson);
  });

  app.post('/transactions/batch', { bodyLimit: limits.maxBatchBytes }, async (request: FastifyRequest, reply) => {
    if (!(request.body instanceof Uint8Array)) {
      throw new HttpError(415, 'unsupported-media-type', 'a batch is application/octet-stream: each transaction as u32be length and bytes');
    }
    const transactions = splitBatch(request.body);
    const rejected: Record<string, number> = {};
    let accepted = 0;
    let processed = 0;
    for (const bytes of transactions) {
      const submitted = attempt(() => view.submit(bytes));
      if ('refusal' in submitted) {
        // What follows would be refused too: the client sends the rest again.
        if (isTryLater(submitted.refusal.code)) {
          if (accepted === 0) return sendRefusal(reply, submitted.refusal);
          break;
        }
        rejected[submitted.refusal.code] = (rejected[submitted.refusal.code] ?? 0) + 1;
      } else {
        accepted += 1;
      }
      processed += 1;
      if (processed % BATCH_SLICE === 0) await nextTurn();
    }
    return reply.code(202).send({ count: transactions.length, processed, accepted, rejected });
  });

  app.get('/transactions/:id', async (request) => {
    const id = hashParameter(request.params, 'id');
    const found = await view.transaction(id);
    if (found === undefined) throw new HttpError(404, 'transaction-not-found', `transaction ${id} is neither pending nor final here`);
    if (found === 'spent') throw new HttpError(409, 'transaction-spent', `transaction ${id} was dropped: its nonce is used by a final transaction of its sender, this one or another, or is too old by now`);
    return found === 'pending' ? { id, status: 'pending' } satisfies PendingJson : finalTransactionJson(found);
  });
}
