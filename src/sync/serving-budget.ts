import { TokenBucket } from '../network/rate-limit.js';
import type { RequestProtocol } from '../network/network.js';
import type { PublicKeyHex } from '../types/ids.js';

/** What one member may take of this platform by asking. */
export interface ServingLimits {
  /** Of answers, and of the requests themselves. */
  readonly bytesPerSecond: number;
  readonly burstBytes: number;
  /** Milliseconds of this platform's time a second, as estimated by kind and size of what is asked. */
  readonly workMsPerSecond: number;
  readonly burstWorkMs: number;
  /** Of blocks that the member was served before; they count towards the others, too. */
  readonly repeatedBytesPerSecond: number;
  readonly burstRepeatedBytes: number;
  /** To a member that asked for no block for so long all are new again. */
  readonly rememberedMs: number;
}

const MIB = 1024 * 1024;

/**
 * A platform that catches up takes some 20 MiB a second of a lone member that serves it, and makes a hundred requests a
 * second at most. It asks for few blocks twice, after failures and to prove long runs without certificates; whoever asks
 * for the same without end wants to cost time.
 */
export const DEFAULT_SERVING_LIMITS: ServingLimits = {
  bytesPerSecond: 32 * MIB,
  burstBytes: 64 * MIB,
  workMsPerSecond: 250,
  burstWorkMs: 1000,
  repeatedBytesPerSecond: 4 * MIB,
  burstRepeatedBytes: 64 * MIB,
  rememberedMs: 3_600_000,
};

/** To open the stream, to read the request, to find and to write the answer: without what is in it. */
const WORK_MS: Readonly<Record<RequestProtocol, number>> = { status: 1.5, blocks: 1.5, slots: 4, snapshots: 1.5 };
/** To find one more block or message. */
const WORK_MS_PER_ITEM = 0.01;
/** What a block or a message takes beside its encoding. */
const ITEM_OVERHEAD_BYTES = 512;

/** What was found for one request. */
export interface Served {
  readonly count: number;
  readonly sizeBytes: number;
}

interface Account {
  readonly bytes: TokenBucket;
  readonly work: TokenBucket;
  readonly repeated: TokenBucket;
  /** The highest block that it was served; -1 for none. */
  servedTo: number;
  blocksAskedMs: number;
}

/** Bytes and work that members may ask for, each its own; time is given. What was used up outlasts connections. */
export class ServingBudget {
  readonly #limits: ServingLimits;
  readonly #nowMs: () => number;
  readonly #accounts = new Map<PublicKeyHex, Account>();

  /** @param nowMs monotonic */
  constructor(limits: ServingLimits, nowMs: () => number) {
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  /** Takes what a request costs whatever it asks for. False, and nothing taken, where the peer has to wait. */
  admit(peer: PublicKeyHex, protocol: RequestProtocol, requestBytes: number): boolean {
    const nowMs = this.#nowMs();
    const { bytes, repeated, work } = this.#of(peer, nowMs);
    // What answers cost is known only afterwards: whoever is in debt waits until it is paid.
    if (!bytes.take(0, nowMs) || (protocol === 'blocks' && !repeated.take(0, nowMs))) return false;
    if (!work.take(WORK_MS[protocol], nowMs)) return false;
    bytes.charge(requestBytes, nowMs);
    return true;
  }

  /** Takes what an answer of `served` costs, on credit where that is more than is left. */
  charge(peer: PublicKeyHex, { count, sizeBytes }: Served): void {
    const nowMs = this.#nowMs();
    const { bytes, work } = this.#of(peer, nowMs);
    bytes.charge(sizeBytes + count * ITEM_OVERHEAD_BYTES, nowMs);
    work.charge(count * WORK_MS_PER_ITEM, nowMs);
  }

  /**
   * The first block that the peer was not served before. To be asked when the request comes, since answers of requests
   * made at once are ready in any order.
   */
  firstFresh(peer: PublicKeyHex): number {
    const nowMs = this.#nowMs();
    const account = this.#of(peer, nowMs);
    if (nowMs - account.blocksAskedMs > this.#limits.rememberedMs) account.servedTo = -1;
    account.blocksAskedMs = nowMs;
    return account.servedTo + 1;
  }

  /** Blocks that begin at `fromSequence` are served, of which those below `firstFresh` were served before. */
  chargeBlocks(peer: PublicKeyHex, fromSequence: number, firstFresh: number, sizesBytes: readonly number[]): void {
    const nowMs = this.#nowMs();
    const account = this.#of(peer, nowMs);
    const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);
    const repeated = sizesBytes.slice(0, Math.max(0, firstFresh - fromSequence));
    this.charge(peer, { count: sizesBytes.length, sizeBytes: sum(sizesBytes) });
    account.repeated.charge(sum(repeated) + repeated.length * ITEM_OVERHEAD_BYTES, nowMs);
    account.servedTo = Math.max(account.servedTo, fromSequence + sizesBytes.length - 1);
  }

  #of(peer: PublicKeyHex, nowMs: number): Account {
    const known = this.#accounts.get(peer);
    if (known !== undefined) return known;
    const { bytesPerSecond, burstBytes, workMsPerSecond, burstWorkMs, repeatedBytesPerSecond, burstRepeatedBytes, rememberedMs } = this.#limits;
    // Members that were: nobody else is ever served.
    for (const [other, { blocksAskedMs }] of this.#accounts) if (nowMs - blocksAskedMs > rememberedMs) this.#accounts.delete(other);
    const account: Account = {
      bytes: new TokenBucket(bytesPerSecond, burstBytes, nowMs), work: new TokenBucket(workMsPerSecond, burstWorkMs, nowMs),
      repeated: new TokenBucket(repeatedBytesPerSecond, burstRepeatedBytes, nowMs), servedTo: -1, blocksAskedMs: nowMs,
    };
    this.#accounts.set(peer, account);
    return account;
  }
}
