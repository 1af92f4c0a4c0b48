import { sha256Hash } from '../crypto/hash.js';
import { merkleRoot } from '../crypto/merkle.js';
import type { Block, BlockHeader, HeaderTemplate, Transaction } from '../types/block.js';
import { ByteReader, ByteWriter } from './bytes.js';
import { CodecError } from './codec-error.js';
import { HEADER_BYTES, blockHash, decodeHeader, encodeHeader } from './header.js';
import { TRANSACTION_OVERHEAD_BYTES, decodeTransaction, readTransaction } from './transaction.js';

/** Bytes that each transaction takes in a block beside its own: its u32be length. */
export const BLOCK_BYTES_PER_TRANSACTION = 4;

export interface BlockLimits {
  /** Limit on the encoded block, in bytes. */
  readonly maxBlockBytes: number;
  /** Limit on the number of transactions. */
  readonly maxBlockTransactions: number;
  /** Limit on each transaction's envelope, in bytes. */
  readonly maxTransactionBytes: number;
}

/** Encoded size of a block in bytes: the header, and per transaction 4 bytes and its envelope. */
export function blockSizeBytes(transactions: readonly Transaction[]): number {
  return transactions.reduce((sum, { bytes }) => sum + BLOCK_BYTES_PER_TRANSACTION + bytes.byteLength, HEADER_BYTES);
}

/** Root over the full bytes of the transactions, signatures included (SPEC section 6). */
export function transactionsRoot(transactions: readonly Transaction[]): BlockHeader['merkleRoot'] {
  return merkleRoot(transactions.map(({ bytes }) => bytes));
}

/** Completes a header template with the transactions' count and root. @throws CodecError on a field out of range */
export function assembleBlock(template: HeaderTemplate, transactions: readonly Transaction[]): Block {
  const header: BlockHeader = { ...template, transactionCount: transactions.length, merkleRoot: transactionsRoot(transactions) };
  return { hash: blockHash(header), header, transactions, sizeBytes: blockSizeBytes(transactions) };
}

/** The transactions of an encoded block, taken apart as far as anybody asked. */
class OpenedBody {
  readonly #reader: ByteReader;
  readonly #count: number;
  readonly #maxTransactionBytes: number;
  readonly #taken: Transaction[] = [];
  #failure: CodecError | undefined;

  constructor(reader: ByteReader, { transactionCount }: BlockHeader, { maxTransactionBytes }: BlockLimits) {
    this.#reader = reader;
    this.#count = transactionCount;
    this.#maxTransactionBytes = maxTransactionBytes;
  }

  /** @throws CodecError where this one, or one before it, is none; the same each time */
  at(index: number): Transaction | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      while (this.#taken.length <= index && this.#taken.length < this.#count) this.#takeNext();
    } catch (error) {
      if (error instanceof CodecError) this.#failure = error;
      throw error;
    }
    return this.#taken[index];
  }

  /** @throws CodecError */
  all(): readonly Transaction[] {
    if (this.#count === 0) this.#reader.finish('block');
    this.at(this.#count - 1);
    return this.#taken;
  }

  #takeNext(): void {
    this.#taken.push(readTransaction(this.#reader, this.#reader.length('transaction', this.#maxTransactionBytes)));
    if (this.#taken.length === this.#count) this.#reader.finish('block');
  }
}

const openedBodies = new WeakMap<Block, OpenedBody>();

/** What decoded blocks were decoded from: they are stored, served and passed on as they came. */
const encodings = new WeakMap<Block, Uint8Array>();

/**
 * Canonical block: header, then each transaction as u32be length ‖ envelope; the header tells their number. One
 * encoding for the wire, for storage and for the size limit.
 * @returns of a decoded block the very bytes that it was decoded from
 */
export function encodeBlock(block: Block): Uint8Array {
  const known = encodings.get(block);
  if (known !== undefined) return known;
  const writer = new ByteWriter(blockSizeBytes(block.transactions)).bytes(encodeHeader(block.header));
  for (const { bytes } of block.transactions) writer.prefixed('transaction', bytes);
  return writer.finish();
}

/**
 * Takes a block apart and computes its hash and the transactions' ids; checks neither signatures nor the merkle root.
 * The transactions are views of `bytes`, which therefore lives as long as any of them.
 * @throws CodecError on anything but exactly one block within the limits
 */
export function decodeBlock(bytes: Uint8Array, limits: BlockLimits): Block {
  const reader = new ByteReader(bytes);
  const whole = reader.peek('block', bytes.byteLength);
  const opened = readHeader(reader, limits);
  const block: Block = { ...opened, transactions: new OpenedBody(reader, opened.header, limits).all() };
  encodings.set(block, whole);
  return block;
}

/**
 * The same, but that the transactions are taken apart when they are first asked for, which may be never: of a block that
 * was stored, and of one that its merkle root will prove (`encodedTransactions`). Until then it takes little memory
 * beside `bytes`. Asking for transactions throws CodecError where there are none.
 * @throws CodecError where the header is none
 */
export function openBlock(bytes: Uint8Array, limits: BlockLimits): Block {
  const reader = new ByteReader(bytes);
  const whole = reader.peek('block', bytes.byteLength);
  const opened = readHeader(reader, limits);
  const body = new OpenedBody(reader, opened.header, limits);
  const block: Block = { ...opened, get transactions() { return body.all(); } };
  encodings.set(block, whole);
  openedBodies.set(block, body);
  return block;
}

/**
 * One of a block's transactions; undefined where there are not so many. Of an opened block those before it are taken
 * apart, and none after it, so that a large body can be gone through a little at a time.
 * @throws CodecError where it is none
 */
export function transactionAt(block: Block, index: number): Transaction | undefined {
  const body = openedBodies.get(block);
  return body === undefined ? block.transactions[index] : body.at(index);
}

/**
 * The envelopes of a block's transactions, without taking them apart; views.
 * @throws CodecError where the block was opened and its body is not so many envelopes and nothing else
 */
export function encodedTransactions(block: Block): readonly Uint8Array[] {
  const known = encodings.get(block);
  if (known === undefined) return block.transactions.map(({ bytes }) => bytes);
  const reader = new ByteReader(known);
  reader.skip('header', HEADER_BYTES);
  const envelopes: Uint8Array[] = [];
  while (envelopes.length < block.header.transactionCount) envelopes.push(reader.prefixed('transaction', known.byteLength));
  reader.finish('block');
  return envelopes;
}

/**
 * The transactions of a block one by one: those of an opened block are taken apart as they are asked for, and not kept.
 * @throws CodecError where the block was opened and its body is no such transactions
 */
export function* eachTransaction(block: Block): Generator<Transaction, void> {
  if (!encodings.has(block)) yield* block.transactions;
  else for (const bytes of encodedTransactions(block)) yield decodeTransaction(bytes, bytes.byteLength);
}

function readHeader(reader: ByteReader, limits: BlockLimits): Omit<Block, 'transactions'> {
  const sizeBytes = reader.remaining;
  if (sizeBytes > limits.maxBlockBytes) {
    throw new CodecError('too-large', 'block', `must be at most ${limits.maxBlockBytes} bytes, got ${sizeBytes}`);
  }
  const headerBytes = reader.view('header', HEADER_BYTES);
  const header = decodeHeader(headerBytes);
  // Before any work is done per transaction: more than genesis allows, or than the remaining bytes can hold.
  if (header.transactionCount > limits.maxBlockTransactions) {
    throw new CodecError('too-large', 'transactionCount', `must be at most ${limits.maxBlockTransactions}, got ${header.transactionCount}`);
  }
  if (header.transactionCount * (BLOCK_BYTES_PER_TRANSACTION + TRANSACTION_OVERHEAD_BYTES) > reader.remaining) {
    throw new CodecError('truncated', 'transactions', `${header.transactionCount} do not fit in ${reader.remaining} bytes`);
  }
  return { hash: sha256Hash(headerBytes), header, sizeBytes };
}
