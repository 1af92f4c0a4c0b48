import { BLOCK_BYTES_PER_TRANSACTION, encodedTransactions } from '../codec/block.js';
import { CodecError } from '../codec/codec-error.js';
import { HEADER_BYTES, blockHash } from '../codec/header.js';
import { leaderOf } from '../consensus/quorum.js';
import { merkleLeafHash, merkleRootOfLeafHashes } from '../crypto/merkle.js';
import type { Block, BlockHeader } from '../types/block.js';
import type { Hash } from '../types/ids.js';
import type { TransactionValidator } from './transaction-validator.js';
import type { ValidationContext } from './validation-context.js';
import type { Rejection } from './verdict.js';
import { firstFailure, ignore, reject } from './verdict.js';

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
  return checkEnvelopes(context, block, envelopes, envelopes.map(merkleLeafHash));
}

/** @param leaves digests of the envelopes */
function checkEnvelopes(context: ValidationContext, { hash, header }: Block, envelopes: readonly Uint8Array[], leaves: readonly Hash[]): Rejection | undefined {
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
  if (envelopes.length !== header.transactionCount) {
    return reject('transaction-count', `block ${hash}: transactionCount is ${header.transactionCount}, but there are ${envelopes.length}`);
  }
  if (merkleRootOfLeafHashes(leaves) !== header.merkleRoot) {
    return reject('merkle-root', `block ${hash}: merkleRoot is not that of its transactions`);
  }
  return undefined;
}

/** Section 6 but for what depends on the parent and the clock: body, no id twice, every transaction valid. */
export function checkBlock(context: ValidationContext, transactions: TransactionValidator, block: Block): Rejection | undefined {
  const envelopes = block.transactions.map(({ bytes }) => bytes);
  // Once for the merkle root and for recognising transactions verified before.
  const leaves = envelopes.map(merkleLeafHash);
  return firstFailure(
    () => checkEnvelopes(context, block, envelopes, leaves),
    () => checkDistinct(block),
    () => checkTransactions(transactions, block, leaves),
  );
}

function checkDistinct({ hash, transactions }: Block): Rejection | undefined {
  const seen = new Set<Hash>();
  for (const { id } of transactions) {
    if (seen.has(id)) return reject('transaction-twice', `block ${hash}: transaction ${id} is in it twice`);
    seen.add(id);
  }
  return undefined;
}

function checkTransactions(validator: TransactionValidator, { transactions }: Block, leaves: readonly Hash[]): Rejection | undefined {
  for (const [index, transaction] of transactions.entries()) {
    const leaf = leaves[index];
    const failure = leaf === undefined ? undefined : validator.check(transaction, leaf);
    if (failure !== undefined) return failure;
  }
  return undefined;
}
