import { z } from 'zod';
import { IDENTITY_HEADERS } from '../../src/api/identity.js';
import { FederationError } from './federation-error.js';

/** What the scripts read of a platform's status. */
const statusSchema = z.object({
  platform: z.string(),
  society: z.string(),
  sequence: z.int(),
  executed_blocks: z.int().default(0),
  slot: z.int(),
  view: z.int(),
  phase: z.string(),
  n: z.int(),
  f: z.int(),
  quorum_size: z.int(),
  peers: z.array(z.string()),
  in_touch: z.boolean(),
  catching_up: z.boolean(),
  voting: z.string(),
  last_block_hash: z.string(),
  mempool_transactions: z.int(),
  transactions_committed: z.int(),
  finality_ms: z.object({ last: z.number(), p50: z.number(), p99: z.number() }).nullable(),
  memory_bytes: z.number(),
});
export type ObservedStatus = z.infer<typeof statusSchema>;

/** In a few words. A platform that is out of touch does not know whether it is behind, so it is not said to vote. */
export function stateOf({ in_touch: inTouch, catching_up: catchingUp, voting }: ObservedStatus): string {
  if (catchingUp) return 'catching up';
  return inTouch ? voting : 'out of touch';
}

/** What is known of a platform's process. */
export type ProcessState =
  /** It answered when last asked. */
  | { readonly type: 'answering'; readonly pid: number }
  | { readonly type: 'silent'; readonly pid: number }
  /** In words, how it ended. */
  | { readonly type: 'ended'; readonly how: string };

/** A platform as last seen; `status` is undefined before its first answer. */
export interface ObservedPlatform {
  readonly name: string;
  readonly status: ObservedStatus | undefined;
  readonly process: ProcessState;
}

/**
 * @param instance who must answer, where something else may have taken the port; undefined for whoever does
 * @throws Error where the platform does not answer in time, or not with a status
 */
export async function fetchStatus(url: string, timeoutMs = 5000, instance?: string): Promise<ObservedStatus> {
  const response = await fetch(`${url}/consensus/status`, { signal: AbortSignal.timeout(timeoutMs) });
  if (instance !== undefined && response.headers.get(IDENTITY_HEADERS.instance) !== instance) {
    throw new Error(`${url} is answered by another than the platform asked for`);
  }
  return statusSchema.parse(await response.json());
}

/** Blocks and transactions that are final at some platform, at a time. */
interface Sample {
  readonly atMs: number;
  readonly blocks: number;
  readonly transactions: number;
}

/** Rates are over this many milliseconds. */
const RATE_WINDOW_MS = 5000;
/** Hashes remembered to compare platforms while they run. */
const REMEMBERED_HASHES = 1024;

export interface Rates {
  readonly blocksPerSecond: number;
  readonly transactionsPerSecond: number;
}

function ratesBetween(from: Sample | undefined, to: Sample | undefined): Rates {
  const seconds = from === undefined || to === undefined ? 0 : (to.atMs - from.atMs) / 1000;
  if (from === undefined || to === undefined || seconds <= 0) return { blocksPerSecond: 0, transactionsPerSecond: 0 };
  return {
    blocksPerSecond: (to.blocks - from.blocks) / seconds,
    transactionsPerSecond: (to.transactions - from.transactions) / seconds,
  };
}

/**
 * Draws conclusions from the statuses of all platforms: rates, progress, disagreement. Pure but for its memory, which
 * is bounded; time is given to it.
 */
export class FederationObserver {
  readonly #statuses = new Map<string, ObservedStatus>();
  readonly #hashes = new Map<number, { readonly hash: string; readonly name: string }>();
  readonly #samples: Sample[] = [];
  #first: Sample | undefined;
  #lastProgressMs: number;
  #slowest = -1;
  readonly #names: readonly string[];

  constructor(names: readonly string[], nowMs: number) {
    this.#names = names;
    this.#lastProgressMs = nowMs;
  }

  /** @throws FederationError `disagreement` where two platforms have different blocks of one sequence */
  observe(name: string, status: ObservedStatus): void {
    this.#statuses.set(name, status);
    if (status.sequence === 0) return;
    const sequence = status.sequence - 1;
    const known = this.#hashes.get(sequence);
    if (known === undefined) {
      this.#hashes.set(sequence, { hash: status.last_block_hash, name });
      for (const oldest of this.#hashes.keys()) {
        if (this.#hashes.size <= REMEMBERED_HASHES) break;
        this.#hashes.delete(oldest);
      }
    } else if (known.hash !== status.last_block_hash) {
      throw new FederationError('disagreement', `${name} has block ${sequence} as ${status.last_block_hash}, but ${known.name} has it as ${known.hash}`);
    }
  }

  /** To be called after each round of statuses. */
  sample(nowMs: number): void {
    const statuses = [...this.#statuses.values()];
    const sample: Sample = {
      atMs: nowMs,
      blocks: Math.max(0, ...statuses.map(({ sequence }) => sequence)),
      transactions: Math.max(0, ...statuses.map(({ transactions_committed }) => transactions_committed)),
    };
    this.#first ??= sample;
    this.#samples.push(sample);
    while ((this.#samples[0]?.atMs ?? nowMs) < nowMs - RATE_WINDOW_MS) this.#samples.shift();
    if (this.slowestSequence > this.#slowest) {
      this.#slowest = this.slowestSequence;
      this.#lastProgressMs = nowMs;
    }
  }

  /** The wait for a first block starts now. */
  restartClock(nowMs: number): void {
    this.#lastProgressMs = nowMs;
  }

  status(name: string): ObservedStatus | undefined {
    return this.#statuses.get(name);
  }

  /** Committed blocks of the platform that has fewest; a platform not heard of counts as 0. */
  get slowestSequence(): number {
    return Math.min(...this.#names.map((name) => this.#statuses.get(name)?.sequence ?? 0));
  }

  /** Committed blocks of the platform that has most. */
  get fastestSequence(): number {
    return Math.max(0, ...[...this.#statuses.values()].map(({ sequence }) => sequence));
  }

  /** Over the last seconds. */
  get recentRates(): Rates {
    return ratesBetween(this.#samples[0], this.#samples.at(-1));
  }

  /** Since the first sample. */
  get overallRates(): Rates {
    return ratesBetween(this.#first, this.#samples.at(-1));
  }

  /** Median over the platforms of p50, and the worst platform's p99, in milliseconds; undefined before a first block. */
  get finality(): { readonly p50: number; readonly p99: number } | undefined {
    const values = [...this.#statuses.values()].flatMap(({ finality_ms }) => finality_ms ?? []);
    const p50s = values.map(({ p50 }) => p50).sort((a, b) => a - b);
    const p50 = p50s[Math.floor((p50s.length - 1) / 2)];
    return p50 === undefined ? undefined : { p50, p99: Math.max(...values.map(({ p99 }) => p99)) };
  }

  /** @throws FederationError `no-progress` naming the platform that is furthest behind, where it got no block for `timeoutMs` */
  checkProgress(nowMs: number, timeoutMs: number): void {
    if (nowMs - this.#lastProgressMs < timeoutMs) return;
    const slowest = this.#names.find((name) => (this.#statuses.get(name)?.sequence ?? 0) === this.slowestSequence) ?? 'no platform';
    const status = this.#statuses.get(slowest);
    const where = status === undefined
      ? 'and never answered'
      : `it stands at slot ${status.slot}, ${status.phase}, ${stateOf(status)}, with ${status.peers.length} of ${status.n - 1} peers and ${status.mempool_transactions} transactions pending`;
    throw new FederationError('no-progress', `${slowest} committed no block for ${timeoutMs / 1000} s and has ${this.slowestSequence}: ${where}`);
  }
}
