import { bytesToHex } from '../crypto/hash.js';
import type { Block, BlockHeader, Transaction } from '../types/block.js';
import type { FinalityCertificate } from '../types/certificates.js';
import type { Hash, MemberIndex, PlatformName, Slot } from '../types/ids.js';
import type { Equivocation } from '../types/messages.js';
import type { CommittedBlock } from '../types/sync.js';
import { jsonPieces } from './json-pieces.js';
import type { FinalTransaction } from './platform-view.js';

/** Puts a transaction's payload in words for people; undefined where it is not an operation of the application. */
export type DescribePayload = (payload: Uint8Array) => Readonly<Record<string, unknown>> | undefined;

/** What the JSON forms need to know beside the value itself. */
export interface JsonContext {
  readonly platformName: (member: MemberIndex) => PlatformName;
  readonly leaderName: (slot: Slot) => PlatformName;
  readonly describePayload: DescribePayload;
  /** A block's transactions, each taken apart when it is asked for. */
  readonly transactionsOf: (block: Block) => Iterable<Transaction>;
}

/** Field names are the original design's where it had one. */
export interface HeaderJson {
  readonly block_number: number;
  readonly view: number;
  readonly sequence: number;
  readonly slot: number;
  readonly parent_slot: number;
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly timestamp_ms: number;
  readonly prev_hash: string;
  readonly merkle_root: string;
  readonly transaction_count: number;
  readonly next_members_hash: string;
  readonly epoch: number;
  readonly chain_id: string;
  readonly proposer: string;
}

export interface TransactionJson {
  readonly id: string;
  readonly sender: string;
  readonly nonce: number;
  /** Hexadecimal. */
  readonly payload: string;
  /** The payload in words, where the application knows it. */
  readonly operation?: Readonly<Record<string, unknown>>;
  readonly signature: string;
}

export interface CertificateSignatureJson {
  readonly platform: string;
  readonly signature: string;
  /** Of a FAST certificate's PREPAREs. */
  readonly first?: boolean;
  readonly basis_hash?: string;
}

export interface FinalityCertificateJson {
  readonly kind: 'FAST' | 'SLOW';
  readonly epoch: number;
  readonly slot: number;
  readonly block_hash: string;
  readonly signatures: readonly CertificateSignatureJson[];
}

export interface BlockJson {
  readonly header: HeaderJson;
  readonly transactions: readonly TransactionJson[];
  readonly hash: string;
  readonly finality_certificate: FinalityCertificateJson | null;
  /** Present where there is no certificate of the block's own. */
  readonly finality_note?: string;
}

export interface FinalTransactionJson {
  readonly id: string;
  readonly status: 'final';
  readonly sequence: number;
  /** Hash of the block; null where the block was pruned. */
  readonly hash: string | null;
  readonly receipt: { readonly sequence: number; readonly index: number; readonly ok: boolean; readonly error?: string };
}

const FINAL_THROUGH_DESCENDANT = 'final through a later block that descends from it: that block\'s certificate proves both';

/** Times that `Date` cannot hold (a header may carry any integer up to 2^53−1) are shown as an empty string. */
function isoTime(timestampMs: number): string {
  const date = new Date(timestampMs);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

export function headerJson(header: BlockHeader, context: JsonContext): HeaderJson {
  return {
    block_number: header.sequence,
    view: header.view,
    sequence: header.sequence,
    slot: header.slot,
    parent_slot: header.parentSlot,
    timestamp: isoTime(header.timestampMs),
    timestamp_ms: header.timestampMs,
    prev_hash: header.parentHash,
    merkle_root: header.merkleRoot,
    transaction_count: header.transactionCount,
    next_members_hash: header.nextMembersHash,
    epoch: header.epoch,
    chain_id: header.chainId,
    proposer: context.platformName(header.proposer),
  };
}

export function transactionJson(transaction: Transaction, context: JsonContext): TransactionJson {
  const operation = context.describePayload(transaction.payload);
  return {
    id: transaction.id,
    sender: transaction.sender,
    nonce: transaction.nonce,
    payload: bytesToHex(transaction.payload),
    ...(operation === undefined ? {} : { operation }),
    signature: bytesToHex(transaction.signature),
  };
}

function certificateSignatures(certificate: FinalityCertificate, context: JsonContext): CertificateSignatureJson[] {
  switch (certificate.kind) {
    case 'FAST':
      return certificate.signatures.map(({ signer, first, basisHash, signature }) => (
        { platform: context.platformName(signer), first, basis_hash: basisHash, signature: bytesToHex(signature) }));
    case 'SLOW':
      return certificate.signatures.map(({ signer, signature }) => ({ platform: context.platformName(signer), signature: bytesToHex(signature) }));
  }
}

export function finalityCertificateJson(certificate: FinalityCertificate, context: JsonContext): FinalityCertificateJson {
  return {
    kind: certificate.kind,
    epoch: certificate.epoch,
    slot: certificate.slot,
    block_hash: certificate.blockHash,
    signatures: certificateSignatures(certificate, context),
  };
}

/** `BlockJson` as text, in pieces. */
export function blockPieces({ block, certificate }: CommittedBlock, context: JsonContext): Generator<string, void> {
  return jsonPieces({ header: headerJson(block.header, context) }, 'transactions', transactionsJson(block, context), {
    hash: block.hash,
    finality_certificate: certificate === undefined ? null : finalityCertificateJson(certificate, context),
    ...(certificate === undefined ? { finality_note: FINAL_THROUGH_DESCENDANT } : {}),
  });
}

function* transactionsJson(block: Block, context: JsonContext): Generator<TransactionJson, void> {
  for (const transaction of context.transactionsOf(block)) yield transactionJson(transaction, context);
}

/** A block without its transactions' contents, in pieces: what an event stream carries by default. */
export function blockSummaryPieces({ block, certificate }: CommittedBlock, context: JsonContext): Generator<string, void> {
  return jsonPieces({ header: headerJson(block.header, context) }, 'transaction_ids', transactionIds(block, context), {
    hash: block.hash,
    finality: certificate === undefined ? 'DESCENDANT' : certificate.kind,
  });
}

function* transactionIds(block: Block, context: JsonContext): Generator<Hash, void> {
  for (const { id } of context.transactionsOf(block)) yield id;
}

export function finalTransactionJson(final: FinalTransaction): FinalTransactionJson {
  const { transactionId, sequence, index, ok, error } = final.receipt;
  return {
    id: transactionId,
    status: 'final',
    sequence,
    hash: final.blockHash ?? null,
    receipt: { sequence, index, ok, ...(error === undefined ? {} : { error }) },
  };
}

/**
 * Evidence of R9: two headers that one leader signed for one slot. `platform` is the slot's leader; a header's
 * `proposer` is what the offender wrote, and may name someone else.
 */
export function equivocationJson(evidence: Equivocation, context: JsonContext): Readonly<Record<string, unknown>> {
  return {
    type: evidence.type,
    epoch: evidence.epoch,
    slot: evidence.slot,
    platform: context.leaderName(evidence.slot),
    headers: evidence.headers.map(({ header, blockHash, signature }) => (
      { header: headerJson(header, context), block_hash: blockHash, signature: bytesToHex(signature) })),
  };
}
