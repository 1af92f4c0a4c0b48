import { FederationError } from './federation-error.js';

/** Block hashes of one platform's database, by sequence from 0. */
export interface PlatformChain {
  readonly name: string;
  readonly hashes: readonly string[];
}

/** The value that most have; of equally many, the one that came first. */
function mostCommon(values: readonly (string | undefined)[]): string | undefined {
  const counts = new Map<string | undefined, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];
}

/**
 * The hash of block `count`−1, on which all platforms agree, and on all blocks before it.
 * @throws FederationError `disagreement` naming the platform that differs from most, and the block
 */
export function agreedHash(chains: readonly PlatformChain[], count: number): string {
  const short = chains.find(({ hashes }) => hashes.length < count);
  if (short !== undefined) {
    throw new FederationError('disagreement', `${short.name} has ${short.hashes.length} blocks in its database, not ${count}`);
  }
  for (let sequence = 0; sequence < count; sequence += 1) {
    const common = mostCommon(chains.map(({ hashes }) => hashes[sequence]));
    const other = chains.find(({ hashes }) => hashes[sequence] !== common);
    if (other !== undefined) {
      throw new FederationError('disagreement', `${other.name} has block ${sequence} as ${other.hashes[sequence] ?? 'nothing'} in its database, the others as ${common ?? 'nothing'}`);
    }
  }
  return chains[0]?.hashes[count - 1] ?? '';
}
