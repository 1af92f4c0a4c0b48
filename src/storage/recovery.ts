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
import { corruption, unlessDamaged } from './storage-error.js';
import { VoteGuard } from './vote-guard.js';

/** Key of the newest final block's entry. */
export const TIP_KEY = metaKey('final-tip');

/** A record's key and the slot after which it can be deleted. */
export interface SlotKey extends SlotPosition {
  readonly key: Uint8Array;
}

/** What the slot-numbered key spaces hold: what is above final, and the keys of all of it for later deletion. */
export interface RecoveredSlots {
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
}

/** The newest final block, as META tells; undefined while there is none. @throws StorageError `corrupt` */
export async function newestEntry(store: SealedStore): Promise<FinalEntry | undefined> {
  const value = await store.get(TIP_KEY);
  return value === undefined ? undefined : decoded('META', () => decodeFinalEntry(value));
}

/**
 * @param tip the newest final block
 * @param whole the newest that can be read. Above it own votes are given, to be repeated: in the slots of final blocks that
 * were damaged others may need them to make these final once more
 * @throws StorageError `corrupt` naming the key space of a damaged or contradictory record
 */
export async function recoverSlots(store: SealedStore, chain: FinalChain, limits: WireLimits, tip: FinalEntry | undefined, whole: SlotPosition | undefined): Promise<RecoveredSlots> {
  const entriesOf = (space: SpaceName): Promise<readonly Entry[]> => readSlotSpace(store, space);
  const isAboveFinal = (entry: Entry): boolean => isAbove(entry, tip);

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
    guard,
    proposals: await Promise.all(proposalEntries.filter(isAboveFinal).map(async ({ epoch, slot, key, value }) => ({
      epoch, slot, block: await chain.block({ epoch, slot, hash: hashInKey(key) }), signature: value.length === 0 ? undefined : value,
    }))),
    certificates: certificateEntries.filter(isAboveFinal).map(({ value }) => decoded('CERTIFICATE', () => decodeCertificate(value, limits))),
    votes: votes.filter(({ entry }) => isAbove(entry, whole)).map(({ vote }) => vote),
    proposed: proposed.filter(({ entry }) => isAbove(entry, whole)).map(({ entry, blockHash }) => ({ slot: entry.slot, blockHash })),
    equivocations: await chain.equivocations(),
    slotKeys: [...proposalEntries, ...certificateEntries, ...await bodiesThatLost(store, proposalEntries.filter((entry) => !isAboveFinal(entry)), tip)],
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

function isAbove(entry: SlotPosition, position: SlotPosition | undefined): boolean {
  return position === undefined || compareSlots(entry, position) > 0;
}

async function readSlotSpace(store: SealedStore, space: SpaceName): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for await (const [key, value] of store.iterate({ ...spaceRange(space), limit: -1 })) {
    const { epoch, slot } = decoded(space, () => ({ epoch: toEpoch(u64At(key, 1)), slot: toSlot(u64At(key, 9)) }));
    entries.push({ epoch, slot, key, value });
  }
  return entries;
}

function hashInKey(key: Uint8Array): ReturnType<typeof bytesToHash> {
  return decoded('PROPOSAL', () => bytesToHash(key.subarray(17)));
}

/** Bodies at or below the final slot that a crash kept from being deleted. What a damaged index leaves in doubt stays. */
async function bodiesThatLost(store: SealedStore, proposals: readonly Entry[], tip: FinalEntry | undefined): Promise<readonly SlotKey[]> {
  const lost = await Promise.all(proposals.map(async ({ epoch, slot, key }): Promise<readonly SlotKey[]> => {
    const hash = hashInKey(key);
    const isFinal = hash === tip?.hash || await unlessDamaged(store.get(hashKey(hash)).then((sequence) => sequence !== undefined)) !== false;
    return isFinal ? [] : [{ epoch, slot, key: blockKey(epoch, slot, hash) }];
  }));
  return lost.flat();
}
