import type { Hash } from '../../src/types/ids.js';
import { GENESIS_SEQUENCE, GENESIS_SLOT } from '../../src/types/ids.js';
import type { Status } from '../../src/types/sync.js';

/** The STATUS of a platform that has nothing but genesis and no certificate of anything: it tells nobody anything. */
export function nothingKnown(status: Status, chainId: Hash): Status {
  return { ...status, finalSlot: GENESIS_SLOT, finalSequence: GENESIS_SEQUENCE, finalHash: chainId, finalityCertificate: undefined, highestCertificate: undefined };
}
