import { BLOCK_BYTES_PER_TRANSACTION, encodedTransactions, transactionAt } from '../codec/block.js';
import { CodecError } from '../codec/codec-error.js';
import { HEADER_BYTES, blockHash } from '../codec/header.js';
import { leaderOf } from '../consensus/quorum.js';
import { merkleLeafHash, merkleLevelAbove, merkleRootOfLeafHashes } from '../crypto/merkle.js';
import type { Block, BlockHeader, Transaction } from '../types/block.js';
import type { Hash } from '../types/ids.js';
import type { CheckSteps } from './examination.js';
import type { ValidationContext } from './validation-context.js';
import type { Rejection } from './verdict.js';
import { ignore, reject } from './verdict.js';
import { hashWork, RECALL_WORK } from './work-meter.js';

/** What a header must satisfy whatever its parent is (sections 1 and 2); `claimedHash` must be its hash. */
export function checkHeader(context: ValidationContext, header: BlockHeader, claimedHash: Hash): Rejection | undefined {
  const { chainId, membership, quorums } = context;
  const { slot, parentSlot, view, sequence, proposer } = header;
  if (header.chainId !== chainId) return reject('header-chain', `header: chainId is ${header.chainId}, not ${chainId}`);
  if (header.epoch !== membership.epoch) return ignore('other-epoch', `header: is of epoch ${header.epoch}, not ${membership.epoch}`);
  if (slot < 0 || sequence < 0 || view + sequence !== slot) {
    return reject('header-slot', `header: view ${view} + sequence ${sequence} is not slot ${slot}`);
  }
  if (parentSlot >= slot || (parentSlot < 0) !== (sequence === 0)) {
    return reject('header-parent', `header: parentSlot ${parentSlot} does not fit slot ${slot} and sequence ${sequence}`);
  }
  const leader = leaderOf(slot, quorums.memberCount);
  if (proposer !== leader) return reject('not-leader', `header: proposer is ${proposer}, but slot ${slot} is led by member ${leader}`);
  if (header.nextMembersHash !== membership.membersHash) {
    return reject('next-members', `header: nextMembersHash is ${header.nextMembersHash}, but no transaction changes the members ${membership.membersHash}`);
  }
  if (blockHash(header) !== claimedHash) return reject('block-hash', `header: its hash is not ${claimedHash}`);
  return undefined;
}

/**
 * That a body is the one its header names, and within the limits (section 6). Neither signatures nor what is in the
 * envelopes is looked at: of a block that is final others have done that, and its merkle root says what they looked at.
 */
export function checkBody(context: ValidationContext, block: Block): Rejection | undefined {
  let envelopes: readonly Uint8Array[];
  try {
    envelopes = encodedTransactions(block);
  } catch (error) {
    if (error instanceof CodecError) return reject('malformed', `block ${block.hash}: ${error.message}`);
    throw error;
  }
  return checkSizes(context, block, envelopes) ?? checkRoot(block, envelopes.map(merkleLeafHash));
}

/** Sizes and numbers, which cost nothing to compare. */
function checkSizes(context: ValidationContext, { hash, header }: Block, envelopes: readonly Uint8Array[]): Rejection | undefined {
  const { maxBlockBytes, maxBlockTransactions, maxTransactionBytes } = context.parameters;
  if (envelopes.length > maxBlockTransactions) {
    return reject('too-many-transactions', `block ${hash}: must hold at most ${maxBlockTransactions} transactions, got ${envelopes.length}`);
  }
  const sizeBytes = envelopes.reduce((sum, { byteLength }) => sum + BLOCK_BYTES_PER_TRANSACTION + byteLength, HEADER_BYTES);
  if (sizeBytes > maxBlockBytes) {
    return reject('block-too-large', `block ${hash}: must be at most ${maxBlockBytes} bytes, got ${sizeBytes} (header ${HEADER_BYTES}, ${BLOCK_BYTES_PER_TRANSACTION} per transaction)`);
  }
  if (envelopes.some(({ byteLength }) => byteLength > maxTransactionBytes)) {
    return reject('transaction-too-large', `block ${hash}: has a transaction of more than ${maxTransactionBytes} bytes`);
  }
  if (envelopes.length === header.transactionCount) return undefined;
  return reject('transaction-count', `block ${hash}: transactionCount is ${header.transactionCount}, but there are ${envelopes.length}`);
}

/** @param digests leaves, or what stands above them */
function checkRoot({ hash, header }: Block, digests: readonly Hash[]): Rejection | undefined {
  if (merkleRootOfLeafHashes(digests) !== header.merkleRoot) {
    return reject('merkle-root', `block ${hash}: merkleRoot is not that of its transactions`);
  }
  return undefined;
}

/**
 * Section 6 but for what depends on the parent and the clock. First that the body is the one that the header names, which
 * is nobody's doing but the sender's; then, with a verdict that the block's hash stands for from then on, that no id is
 * in it twice and every transaction is valid.
 */
export function* blockSteps(context: ValidationContext, block: Block): CheckSteps {
  const envelopes = encodedTransactions(block);
  const unfit = checkSizes(context, block, envelopes);
  if (unfit !== undefined) return unfit;
  const leaves: Hash[] = [];
  for (const envelope of envelopes) {
    // Once for the merkle root and for recognising transactions verified before.
    leaves.push(merkleLeafHash(envelope));
    context.meter.add(hashWork(envelope.byteLength));
    yield;
  }
  let digests: readonly Hash[] = leaves;
  while (digests.length > 1) {
    context.meter.add(digests.length / 2 * hashWork(0));
    digests = merkleLevelAbove(digests);
    yield;
  }
  const foreign = checkRoot(block, digests);
  if (foreign !== undefined) return foreign;
  return yield* context.bodies.steps(block.hash, () => contentSteps(context, block, leaves));
}

function* contentSteps({ meter, transactions: validator }: ValidationContext, block: Block, leaves: readonly Hash[]): CheckSteps {
  const transactions: Transaction[] = [];
  const ids = new Set<Hash>();
  for (const index of leaves.keys()) {
    const transaction = transactionAt(block, index);
    if (transaction === undefined) return reject('transaction-count', `block ${block.hash}: transaction ${index} is not in it`);
    const { id, bytes } = transaction;
    if (ids.has(id)) return reject('transaction-twice', `block ${block.hash}: transaction ${id} is in it twice`);
    ids.add(id);
    transactions.push(transaction);
    meter.add(hashWork(bytes.byteLength));
    yield;
  }
  for (const [index, leaf] of leaves.entries()) {
    const transaction = transactions[index];
    const failure = transaction === undefined ? undefined : validator.checkInBlock(transaction, leaf);
    if (failure !== undefined) return failure;
    meter.add(RECALL_WORK);
    yield;
  }
  return undefined;
}
