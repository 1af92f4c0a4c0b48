import { sha256Hash } from '../../src/crypto/hash.js';
import { toSequence } from '../../src/types/ids.js';
import type { SnapshotOffer } from '../../src/types/snapshot.js';
import type { SyncRequest, SyncResponse } from '../../src/types/sync.js';
import type { Adversary } from './port.js';

/** What it makes of an offer of its platform, and of a chunk. Undefined: no answer. */
interface Lie {
  offer?(offer: SnapshotOffer): SnapshotOffer | undefined;
  chunk?(chunk: Uint8Array): { readonly chunk: Uint8Array | undefined } | undefined;
}

const NONSENSE = Uint8Array.from(Buffer.from('nonsense'));
/** A chunk as the real ones are: one key of the application with its value. */
const OTHER_STATE = Uint8Array.from([0, 0, 0, 2, 1, 0x61, 0, 0, 0, 1, 0x62]);

const manifestWith = (offer: SnapshotOffer, change: Partial<SnapshotOffer['manifest']>): SnapshotOffer => ({ ...offer, manifest: { ...offer.manifest, ...change } });
const consistingOf = (chunk: Uint8Array) => (offer: SnapshotOffer): SnapshotOffer => (
  manifestWith(offer, { entryCount: 1, sizeBytes: chunk.byteLength, chunkHashes: [sha256Hash(chunk)] }));

/** One way each to serve another state than the certified one, or none. */
export const SNAPSHOT_LIES = {
  'a state of its own under the certified root': { offer: consistingOf(OTHER_STATE), chunk: () => ({ chunk: OTHER_STATE }) },
  'nonsense in place of a state': { offer: consistingOf(NONSENSE), chunk: () => ({ chunk: NONSENSE }) },
  'a root that nobody certified': { offer: (offer) => manifestWith(offer, { stateRoot: sha256Hash(NONSENSE) }) },
  'CHECKPOINTs of one member in place of a quorum\'s': { offer: (offer) => ({ ...offer, checkpoints: offer.checkpoints.map(() => offer.checkpoints[0]).filter((each) => each !== undefined) }) },
  'a higher sequence than its blocks have': { offer: (offer) => manifestWith(offer, { sequence: toSequence(offer.manifest.sequence + 5) }) },
  'blocks without proof': { offer: (offer) => ({ ...offer, blocks: offer.blocks.map(({ block }) => ({ block, certificate: undefined })) }) },
  'a manifest that promises more than there is': { offer: (offer) => manifestWith(offer, { sizeBytes: offer.manifest.sizeBytes + 1000 }) },
  'a manifest that promises less than there is': { offer: (offer) => manifestWith(offer, { sizeBytes: offer.manifest.sizeBytes - 1 }) },
  'another chunk than its manifest names': { chunk: () => ({ chunk: NONSENSE }) },
  'no chunk, though it has it': { chunk: () => ({ chunk: undefined }) },
  'no answer to who asks for a chunk': { chunk: () => undefined },
  'no answer to who asks for its offer': { offer: () => undefined },
} as const satisfies Readonly<Record<string, Lie>>;

const LIES: readonly Lie[] = Object.values(SNAPSHOT_LIES);

/** Answers about snapshots with these lies in turn, each for one offer and its chunks, beginning with any. */
export function lyingAboutSnapshots(lies: readonly Lie[]): Adversary['create'] {
  return (port) => {
    let turn = port.random.integer(0, lies.length - 1);
    return {
      response: (_request: SyncRequest, response: SyncResponse) => {
        if (response.type === 'SNAPSHOT-RESPONSE') {
          turn += 1;
          const lie = lies[turn % lies.length];
          if (response.offer === undefined || lie?.offer === undefined) return response;
          const offer = lie.offer(response.offer);
          return offer === undefined ? undefined : { type: 'SNAPSHOT-RESPONSE', offer };
        }
        if (response.type !== 'CHUNK-RESPONSE' || response.chunk === undefined) return response;
        const lie = lies[turn % lies.length];
        if (lie?.chunk === undefined) return response;
        const served = lie.chunk(response.chunk);
        return served === undefined ? undefined : { type: 'CHUNK-RESPONSE', chunk: served.chunk };
      },
    };
  };
}

/**
 * Offers a returning platform snapshots of another state than the one that a quorum certified, or serves its chunks
 * falsely or not at all. Nothing of it counts before the whole has the certified root (section 7, Snapshots); whoever
 * gave something else is named, and others are asked.
 */
export const LYING_SNAPSHOTS: Adversary = { name: 'lying snapshots in sync', against: 'section 7, Snapshots', create: lyingAboutSnapshots(LIES) };
