import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hexToBytes } from '../crypto/hash.js';
import type { Hash } from '../types/ids.js';
import { finalTransactionJson } from './block-json.js';
import { HttpError, isTimeout, isTryLater, refusalOf } from './http-error.js';
import type { ErrorAnswer } from './http-error.js';
import { flagParameter, hashParameter, timeoutParameter } from './parameters.js';
import type { RouteContext } from './route-context.js';
import { splitBatch } from './transaction-batch.js';

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

type Attempt<T> = { readonly value: T } | { readonly refusal: ErrorAnswer };

/** Runs a submission; a refusal of the view is a value, anything else it throws is a fault and goes on. */
function attempt<T>(submit: () => T): Attempt<T> {
  try {
    return { value: submit() };
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    return { refusal };
  }
}

/** A batch on its way into the mempool, one transaction a step. */
class BatchSubmission {
  readonly #transactions: readonly Uint8Array[];
  readonly #submit: (bytes: Uint8Array) => Attempt<Hash>;
  readonly #rejected: Record<string, number> = {};
  #accepted = 0;
  #processed = 0;
  #refusal: ErrorAnswer | undefined;

  constructor(transactions: readonly Uint8Array[], submit: (bytes: Uint8Array) => Attempt<Hash>) {
    this.#transactions = transactions;
    this.#submit = submit;
  }

  /** Of the whole batch: none of it was taken, and it may be sent again. */
  get refusal(): ErrorAnswer | undefined {
    return this.#accepted === 0 ? this.#refusal : undefined;
  }

  get answer(): Readonly<Record<string, unknown>> {
    return { count: this.#transactions.length, processed: this.#processed, accepted: this.#accepted, rejected: this.#rejected };
  }

  /** @returns whether nothing is left to do */
  step(): boolean {
    const bytes = this.#transactions[this.#processed];
    if (bytes === undefined) return true;
    const submitted = this.#submit(bytes);
    if (!('refusal' in submitted)) this.#accepted += 1;
    else if (isTryLater(submitted.refusal.code)) {
      // What follows would be refused too: the client sends the rest again.
      this.#refusal = submitted.refusal;
      return true;
    } else this.#rejected[submitted.refusal.code] = (this.#rejected[submitted.refusal.code] ?? 0) + 1;
    this.#processed += 1;
    return this.#processed === this.#transactions.length;
  }
}

/** `POST /transactions`, `POST /transactions/batch` and `GET /transactions/:id`. */
export function addTransactionRoutes(app: FastifyInstance, { view, limits, share }: RouteContext): void {
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
    const submitted = await share.once(request.ip, () => attempt(() => view.submit(bytes, request.ip)));
    if ('refusal' in submitted) return sendRefusal(reply, submitted.refusal);
    if (wait) return answerWhenFinal(submitted.value, timeoutMs, reply);
    return reply.code(202).send({ id: submitted.value, status: 'pending' } satisfies PendingJson);
  });

  app.post('/transactions/batch', { bodyLimit: limits.maxBatchBytes }, async (request: FastifyRequest, reply) => {
    if (!(request.body instanceof Uint8Array)) {
      throw new HttpError(415, 'unsupported-media-type', 'a batch is application/octet-stream: each transaction as u32be length and bytes');
    }
    const submission = new BatchSubmission(splitBatch(request.body), (bytes) => attempt(() => view.submit(bytes, request.ip)));
    await share.run(request.ip, () => submission.step());
    if (submission.refusal !== undefined) return sendRefusal(reply, submission.refusal);
    return reply.code(202).send(submission.answer);
  });

  app.get('/transactions/:id', async (request) => {
    const id = hashParameter(request.params, 'id');
    const found = await view.transaction(id);
    if (found === undefined) throw new HttpError(404, 'transaction-not-found', `transaction ${id} is neither pending nor final here`);
    if (found === 'spent') throw new HttpError(409, 'transaction-spent', `transaction ${id} was dropped: its nonce is used by a final transaction of its sender, this one or another, or is too old by now`);
    return found === 'pending' ? { id, status: 'pending' } satisfies PendingJson : finalTransactionJson(found);
  });
}
