import type { WireLimits } from '../codec/limits.js';
import { decodeCertificate } from '../codec/wire/certificates.js';
import { decodeVote } from '../codec/wire/votes.js';
import { bytesToHash } from '../crypto/hash.js';
import type { DurableState } from '../consensus/records.js';
import type { Certificate } from '../types/certificates.js';
import type { Epoch } from '../types/ids.js';
import { toEpoch, toSlot } from '../types/ids.js';
import type { Equivocation, OwnVote } from '../types/messages.js';
import type { FinalChain } from './final-chain.js';
import { decoded } from './final-chain.js';
import { blockKey, hashKey, metaKey, spaceRange, u64At } from './key-spaces.js';
import type { SpaceName } from './key-spaces.js';
import type { FinalEntry } from './record-codec.js';
import { decodeFinalEntry } from './record-codec.js';
import type { SealedStore } from './sealed-store.js';
import type { SlotPosition } from './slot-order.js';
import { compareSlots } from './slot-order.js';
import { corruption } from './storage-error.js';
import { VoteGuard } from './vote-guard.js';

/** Key of the newest final block's entry. */
export const TIP_KEY = metaKey('final-tip');

/** A record's key and the slot after which it can be deleted. */
export interface SlotKey extends SlotPosition {
  readonly key: Uint8Array;
}

/** What the slot-numbered key spaces hold: what is above final, and the keys of all of it for later deletion. */
export interface RecoveredSlots {
  readonly tip: FinalEntry | undefined;
  readonly proposals: readonly (DurableState['blocks'][number] & { readonly epoch: Epoch })[];
  readonly certificates: readonly Certificate[];
  readonly votes: readonly OwnVote[];
  readonly proposed: DurableState['proposed'];
  readonly equivocations: readonly Equivocation[];
  readonly guard: VoteGuard;
  readonly slotKeys: readonly SlotKey[];
  readonly voteKeys: readonly SlotKey[];
}

interface Entry extends SlotKey {
  readonly value: Uint8Array;
  readonly isAboveFinal: boolean;
}

/** @throws StorageError `corrupt` naming the key space of a damaged or contradictory record */
export async function recoverSlots(store: SealedStore, chain: FinalChain, limits: WireLimits): Promise<RecoveredSlots> {
  const tipValue = await store.get(TIP_KEY);
  const tip = tipValue === undefined ? undefined : decoded('META', () => decodeFinalEntry(tipValue));
  const entriesOf = (space: SpaceName): Promise<readonly Entry[]> => readSlotSpace(store, space, tip);

  const proposalEntries = await entriesOf('PROPOSAL');
  const certificateEntries = await entriesOf('CERTIFICATE');
  const voteEntries = await entriesOf('VOTE');
  const proposedEntries = await entriesOf('PROPOSED');

  const guard = new VoteGuard();
  const votes = voteEntries.map((entry) => ({ entry, vote: decoded('VOTE', () => decodeVote(entry.value, limits)) }));
  const proposed = proposedEntries.map((entry) => ({ entry, blockHash: decoded('PROPOSED', () => bytesToHash(entry.value)) }));
  // Proposals first: a VIEW-CHANGE may follow an own proposal, but not the other way round.
  for (const { entry, blockHash } of proposed) admit('PROPOSED', () => guard.admitProposal(entry.epoch, entry.slot, blockHash));
  for (const { vote } of votes) admit('VOTE', () => guard.admitVote(vote));

  return {
    tip, guard,
    proposals: await Promise.all(proposalEntries.filter(({ isAboveFinal }) => isAboveFinal).map(async ({ epoch, slot, key, value }) => ({
      epoch, slot, block: await chain.block({ epoch, slot, hash: hashInKey(key) }), signature: value.length === 0 ? undefined : value,
    }))),
    certificates: certificateEntries.filter(({ isAboveFinal }) => isAboveFinal).map(({ value }) => decoded('CERTIFICATE', () => decodeCertificate(value, limits))),
    votes: votes.filter(({ entry }) => entry.isAboveFinal).map(({ vote }) => vote),
    proposed: proposed.filter(({ entry }) => entry.isAboveFinal).map(({ entry, blockHash }) => ({ slot: entry.slot, blockHash })),
    equivocations: await chain.equivocations(),
    slotKeys: [...proposalEntries, ...certificateEntries, ...await bodiesThatLost(store, proposalEntries)],
    voteKeys: [...voteEntries, ...proposedEntries],
  };
}

function admit(space: SpaceName, accept: () => boolean): void {
  try {
    accept();
  } catch (error) {
    throw corruption(`key space ${space} holds contradictory records`, error);
  }
}

async function readSlotSpace(store: SealedStore, space: SpaceName, tip: SlotPosition | undefined): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for await (const [key, value] of store.iterate({ ...spaceRange(space), limit: -1 })) {
    const { epoch, slot } = decoded(space, () => ({ epoch: toEpoch(u64At(key, 1)), slot: toSlot(u64At(key, 9)) }));
    entries.push({ epoch, slot, key, value, isAboveFinal: tip === undefined || compareSlots({ epoch, slot }, tip) > 0 });
  }
  return entries;
}

function hashInKey(key: Uint8Array): ReturnType<typeof bytesToHash> {
  return decoded('PROPOSAL', () => bytesToHash(key.subarray(17)));
}

/** Bodies at or below the final slot that a crash kept from being deleted. */
async function bodiesThatLost(store: SealedStore, proposals: readonly Entry[]): Promise<readonly SlotKey[]> {
  const below = proposals.filter(({ isAboveFinal }) => !isAboveFinal);
  const hashes = below.map(({ key }) => hashInKey(key));
  const finals = await store.getMany(hashes.map(hashKey));
  return below.flatMap(({ epoch, slot }, index) => {
    const hash = hashes[index];
    return hash === undefined || finals[index] !== undefined ? [] : [{ epoch, slot, key: blockKey(epoch, slot, hash) }];
  });
}
