import type { Status, SyncRequest, SyncResponse } from '../../src/types/sync.js';
import { toSequence, toSlot } from '../../src/types/ids.js';
import { nothingKnown } from './nothing-known.js';
import type { Adversary, Port } from './port.js';

/** One way each to misstate where one stands; some validation refuses, some only the asker's own caution. */
const LIES: readonly ((status: Status, port: Port) => Status)[] = [
  // Far ahead, "proven" by the certificate of the block it really has.
  (status) => ({ ...status, finalSlot: toSlot(status.finalSlot + 1000), finalSequence: toSequence(status.finalSequence + 1000) }),
  // As far ahead as the slot allows: no slot was ever skipped.
  (status) => ({ ...status, finalSequence: toSequence(status.finalSlot) }),
  // In a slot that nobody will ever reach.
  (status) => ({ ...status, currentSlot: toSlot(2 ** 40) }),
  // Knows nothing: give me all, again.
  (status, { chainId }) => nothingKnown(status, chainId),
  // Its answer shall not count (R10).
  (status) => ({ ...status, observing: true }),
  // A certificate with a signer twice.
  (status) => (status.finalityCertificate === undefined ? status : { ...status, highestCertificate: doubled(status.finalityCertificate) }),
];

/**
 * Tells everyone who asks, and everyone it asks, that it stands somewhere else: ahead of what it can prove, ahead for
 * ever, at the very beginning. Nothing of a STATUS is believed but what its certificates prove (section 7).
 */
export const LYING_STATUS: Adversary = {
  name: 'lying STATUS',
  against: 'section 7, R10',
  create: (port) => {
    let turn = port.random.integer(0, LIES.length - 1);
    const lie = (status: Status): Status => {
      turn += 1;
      return LIES[turn % LIES.length]?.(status, port) ?? status;
    };
    return {
      request: (request: SyncRequest) => ('status' in request ? { ...request, status: lie(request.status) } : request),
      response: (_request, response: SyncResponse) => {
        if (response.type === 'BLOCKS-RESPONSE') return { ...response, finalSequence: toSequence(response.finalSequence + 1000) };
        return 'status' in response ? { ...response, status: lie(response.status) } : response;
      },
    };
  },
};

function doubled(certificate: NonNullable<Status['finalityCertificate']>): NonNullable<Status['finalityCertificate']> {
  return certificate.kind === 'FAST'
    ? { ...certificate, signatures: certificate.signatures.map(() => certificate.signatures[0]).filter((each) => each !== undefined) }
    : { ...certificate, signatures: certificate.signatures.map(() => certificate.signatures[0]).filter((each) => each !== undefined) };
}
