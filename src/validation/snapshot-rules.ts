import { MAX_SNAPSHOT_BLOCKS, MAX_SNAPSHOT_CHUNKS, SNAPSHOT_CHUNK_BYTES } from '../codec/limits.js';
import type { SnapshotOffer } from '../types/snapshot.js';
import { toSequence } from '../types/ids.js';
import type { Verified } from '../types/messages.js';
import type { CommittedBlock } from '../types/sync.js';
import { validateChain } from './committed-chain.js';
import type { ValidationContext } from './validation-context.js';
import type { Rejection } from './verdict.js';
import { ignore, reject } from './verdict.js';
import { checkCheckpoint } from './vote-rules.js';

/** The lengths of key and value, u32 each, and a key of one byte. */
const LEAST_ENTRY_BYTES = 9;

/**
 * What can be checked of a snapshot before its chunks (SPEC section 7, "Snapshots"): a quorum's CHECKPOINTs certify the
 * root, and a finality certificate at their end proves the blocks. Whether the chunks have that root is seen when all are
 * there.
 */
export function checkSnapshotOffer(context: ValidationContext, offer: SnapshotOffer): { readonly ok: true; readonly blocks: readonly Verified<CommittedBlock>[] } | Rejection {
  const { manifest, blocks } = offer;
  if (manifest.chunkHashes.length < 1 || manifest.chunkHashes.length > MAX_SNAPSHOT_CHUNKS) {
    return reject('snapshot-manifest', `snapshot: chunkHashes must be 1 to ${MAX_SNAPSHOT_CHUNKS}, got ${manifest.chunkHashes.length}`);
  }
  const leastBytes = (manifest.chunkHashes.length - 1) * SNAPSHOT_CHUNK_BYTES;
  if (manifest.sizeBytes < leastBytes) {
    return reject('snapshot-manifest', `snapshot: sizeBytes must be at least ${leastBytes} with ${manifest.chunkHashes.length} chunks, got ${manifest.sizeBytes}`);
  }
  const mostEntries = Math.floor(manifest.sizeBytes / LEAST_ENTRY_BYTES);
  if (manifest.entryCount > mostEntries) {
    return reject('snapshot-manifest', `snapshot: entryCount must be at most ${mostEntries} in ${manifest.sizeBytes} bytes, got ${manifest.entryCount}`);
  }
  if (blocks.length > MAX_SNAPSHOT_BLOCKS) return reject('snapshot-manifest', `snapshot: blocks must be at most ${MAX_SNAPSHOT_BLOCKS}, got ${blocks.length}`);
  const uncertified = checkRoot(context, offer);
  if (uncertified !== undefined) return uncertified;
  const [first] = blocks;
  if (first?.block.header.sequence !== manifest.sequence) return reject('snapshot-blocks', `snapshot: blocks must begin at sequence ${manifest.sequence}`);
  const { header } = first.block;
  const chain = validateChain(context, blocks, {
    hash: header.parentHash, slot: header.parentSlot, sequence: toSequence(header.sequence - 1), timestampMs: header.timestampMs - 1,
  });
  if (chain.error !== undefined) return chain.error;
  if (chain.unproven.length > 0 || chain.verified.length === 0) return reject('snapshot-blocks', 'snapshot: the last block must have a finality certificate');
  return { ok: true, blocks: chain.verified };
}

/** Q CHECKPOINTs of distinct members for the manifest's sequence and root (section 6). */
function checkRoot(context: ValidationContext, { manifest, checkpoints }: SnapshotOffer): Rejection | undefined {
  const signers = new Set<number>();
  for (const checkpoint of checkpoints) {
    if (checkpoint.epoch !== context.membership.epoch) return ignore('other-epoch', `snapshot: is certified in epoch ${checkpoint.epoch}, not ${context.membership.epoch}`);
    if (checkpoint.sequence !== manifest.sequence || checkpoint.stateRoot !== manifest.stateRoot) {
      return reject('snapshot-root', `snapshot: a CHECKPOINT is for sequence ${checkpoint.sequence}, root ${checkpoint.stateRoot}`);
    }
    const bad = checkCheckpoint(context, checkpoint);
    if (bad !== undefined) return bad;
    signers.add(checkpoint.signer);
  }
  if (signers.size >= context.quorums.quorum) return undefined;
  return reject('snapshot-root', `snapshot: its root has CHECKPOINTs of ${signers.size} members, fewer than ${context.quorums.quorum}`);
}
