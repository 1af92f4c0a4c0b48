import type { PublicKeyHex } from '../types/ids.js';
import type { RequestPlan, SyncEffect } from './events.js';

/** A request that was sent and neither answered nor given up. */
export interface OutstandingRequest {
  readonly requestId: number;
  readonly peer: PublicKeyHex;
  readonly plan: RequestPlan;
  readonly giveUpMs: number;
}

/** The host reports a timeout itself; this much later a request counts as lost without its word. */
const HOST_SLACK_MS = 1000;

/** Outstanding requests by id. */
export class RequestLedger {
  readonly #open = new Map<number, OutstandingRequest>();
  #lastId = 0;

  get size(): number {
    return this.#open.size;
  }

  count(type: RequestPlan['type']): number {
    let count = 0;
    for (const request of this.#open.values()) if (request.plan.type === type) count += 1;
    return count;
  }

  open(peer: PublicKeyHex, plan: RequestPlan, timeoutMs: number, maxResponseBytes: number, nowMs: number): Extract<SyncEffect, { type: 'request' }> {
    this.#lastId += 1;
    const requestId = this.#lastId;
    this.#open.set(requestId, { requestId, peer, plan, giveUpMs: nowMs + timeoutMs + HOST_SLACK_MS });
    return { type: 'request', requestId, peer, plan, timeoutMs, maxResponseBytes };
  }

  /** Ends a request; undefined where it is not outstanding (any more). */
  close(requestId: number): OutstandingRequest | undefined {
    const request = this.#open.get(requestId);
    this.#open.delete(requestId);
    return request;
  }

  ofPeer(peer: PublicKeyHex): OutstandingRequest[] {
    return [...this.#open.values()].filter((request) => request.peer === peer);
  }

  overdue(nowMs: number): OutstandingRequest[] {
    return [...this.#open.values()].filter((request) => request.giveUpMs <= nowMs);
  }

  * deadlines(): Iterable<number> {
    for (const request of this.#open.values()) yield request.giveUpMs;
  }
}
