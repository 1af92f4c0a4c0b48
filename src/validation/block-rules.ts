import { BLOCK_BYTES_PER_TRANSACTION, blockSizeBytes } from '../codec/block.js';
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

/** Digests of a block's transactions, once for its merkle root and for recognising transactions verified before. */
function leafHashes({ transactions }: Block): readonly Hash[] {
  return transactions.map(({ bytes }) => merkleLeafHash(bytes));
}

/** That a body is the one its header names, and within the limits (section 6). Signatures are not looked at. */
export function checkBody(context: ValidationContext, block: Block, leaves: readonly Hash[] = leafHashes(block)): Rejection | undefined {
  const { maxBlockBytes, maxTransactionBytes } = context.parameters;
  const { header, transactions } = block;
  const sizeBytes = blockSizeBytes(transactions);
  if (sizeBytes > maxBlockBytes) {
    return reject('block-too-large', `block ${block.hash}: must be at most ${maxBlockBytes} bytes, got ${sizeBytes} (header ${HEADER_BYTES}, ${BLOCK_BYTES_PER_TRANSACTION} per transaction)`);
  }
  if (transactions.some(({ bytes }) => bytes.byteLength > maxTransactionBytes)) {
    return reject('transaction-too-large', `block ${block.hash}: has a transaction of more than ${maxTransactionBytes} bytes`);
  }
  if (transactions.length !== header.transactionCount) {
    return reject('transaction-count', `block ${block.hash}: transactionCount is ${header.transactionCount}, but there are ${transactions.length}`);
  }
  if (merkleRootOfLeafHashes(leaves) !== header.merkleRoot) {
    return reject('merkle-root', `block ${block.hash}: merkleRoot is not that of its transactions`);
  }
  return undefined;
}

/** Section 6 but for what depends on the parent and the clock: body, no id twice, every transaction valid. */
export function checkBlock(context: ValidationContext, transactions: TransactionValidator, block: Block): Rejection | undefined {
  const leaves = leafHashes(block);
  return firstFailure(
    () => checkBody(context, block, leaves),
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
