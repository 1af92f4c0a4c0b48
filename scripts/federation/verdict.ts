import { agreedHash } from './agreement.js';
import { readChain } from './databases.js';
import type { FederationDirectory } from './directory.js';
import { FederationError } from './federation-error.js';
import type { FederationObserver } from './observer.js';

/** The last line of a run that ends by itself. */
export interface Verdict {
  readonly platforms: number;
  /** Committed blocks that were compared: sequences 0 to this − 1. */
  readonly sequence: number;
  /** Hash of the last of them. */
  readonly blockHash: string;
  /** Whether every platform's own database has the same blocks. */
  readonly agreed: boolean;
  /** Median over the platforms of each one's median over its last 1,024 blocks; null where none was finalised live. */
  readonly finalityMsP50: number | null;
  /** The largest of the platforms' 99th percentiles. */
  readonly finalityMsP99: number | null;
  readonly blocksPerSecond: number;
  readonly transactionsPerSecond: number;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

/**
 * What a run has shown, to be called once all platforms have stopped.
 * @throws FederationError `disagreement` naming the platform, StorageError
 */
export async function verdictOf({ genesis, platforms }: FederationDirectory, observer: FederationObserver, count: number): Promise<Verdict> {
  const chains = [];
  for (const { name, home } of platforms) {
    try {
      chains.push(await readChain(name, home, genesis, count));
    } catch (error) {
      throw new FederationError('disagreement', `${name}'s database cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const { finality, overallRates: rates } = observer;
  return {
    platforms: platforms.length,
    sequence: count,
    blockHash: agreedHash(chains, count),
    agreed: true,
    finalityMsP50: finality === undefined ? null : rounded(finality.p50),
    finalityMsP99: finality === undefined ? null : rounded(finality.p99),
    blocksPerSecond: rounded(rates.blocksPerSecond),
    transactionsPerSecond: rounded(rates.transactionsPerSecond),
  };
}
