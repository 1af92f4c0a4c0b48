import { createHash } from 'node:crypto';
import type { BlockHeader, Transaction } from '../../src/types/block.js';
import type { Statement } from '../../src/types/messages.js';

/**
 * The byte layouts of SPEC sections 2 and 6, written down a second time from their text, so that a codec which signs
 * or hashes something else than what is specified is found out.
 */

const ASCII_PREFIX = 'FBPBFT/1/';
const SIGNATURE_BYTES = 64;
/** The hash that stands for none. */
export const ZERO = '0'.repeat(64);

export function sha256Hex(...parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** Appends fixed-size fields to one buffer. */
class Layout {
  readonly #buffer: Buffer;
  #end: number;

  constructor(type: string, sizeBytes: number) {
    const tag = `${ASCII_PREFIX}${type}\0`;
    this.#buffer = Buffer.alloc(tag.length + sizeBytes);
    this.#end = this.#buffer.write(tag, 'latin1');
  }

  /** Big-endian, in this many bytes. */
  number(value: number, sizeBytes: 1 | 2 | 4 | 8): this {
    let rest = value;
    for (let at = this.#end + sizeBytes - 1; at >= this.#end; at -= 1) {
      this.#buffer[at] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    this.#end += sizeBytes;
    return this;
  }

  hash(hex: string): this {
    this.#end += this.#buffer.write(hex, this.#end, 32, 'hex');
    return this;
  }

  whole(): Buffer {
    if (this.#end !== this.#buffer.length) throw new Error(`a layout of ${this.#buffer.length} bytes was filled to ${this.#end}`);
    return this.#buffer;
  }
}

export function headerLayout(header: BlockHeader): Buffer {
  return new Layout('HEADER', 4 * 32 + 6 * 8 + 4 + 2)
    .hash(header.chainId).number(header.epoch, 8).number(header.view, 8).number(header.sequence, 8).number(header.slot, 8)
    .number(header.parentSlot + 1, 8).hash(header.parentHash).number(header.timestampMs, 8).number(header.transactionCount, 4)
    .hash(header.merkleRoot).hash(header.nextMembersHash).number(header.proposer, 2)
    .whole();
}

type Signed<S extends Statement> = S extends { readonly type: 'PRE-PREPARE' }
  ? Pick<S, 'type' | 'epoch' | 'slot'> & { readonly headerHash: string }
  : S extends { readonly type: 'CHECKPOINT' } ? Pick<S, 'type' | 'epoch' | 'sequence' | 'stateRoot'>
  : S extends { readonly type: 'COMMIT' } ? Pick<S, 'type' | 'epoch' | 'slot' | 'blockHash'>
  : S extends { readonly type: 'PREPARE' | 'VIEW-CHANGE' } ? Pick<S, 'type' | 'epoch' | 'slot' | 'blockHash' | 'first' | 'basisHash'> : never;
/** The part of a statement that is signed. */
export type SignedStatement = Signed<Statement>;

export function statementLayout(chainId: string, statement: SignedStatement): Buffer {
  const begin = (tailBytes: number, position: number): Layout => (
    new Layout(statement.type, 32 + 8 + 8 + tailBytes).hash(chainId).number(statement.epoch, 8).number(position, 8));
  switch (statement.type) {
    case 'PRE-PREPARE': return begin(32, statement.slot).hash(statement.headerHash).whole();
    case 'PREPARE': return begin(65, statement.slot).hash(statement.blockHash).number(Number(statement.first), 1).hash(statement.basisHash).whole();
    case 'COMMIT': return begin(32, statement.slot).hash(statement.blockHash).whole();
    case 'VIEW-CHANGE': return begin(65, statement.slot).number(Number(statement.first), 1).hash(statement.blockHash).hash(statement.basisHash).whole();
    case 'CHECKPOINT': return begin(32, statement.sequence).hash(statement.stateRoot).whole();
  }
}

/** Root of the tree over these leaves, straight from its definition: split at the largest power of two below their number. */
export function merkleRootOf(leaves: readonly Uint8Array[]): string {
  const [only] = leaves;
  if (only === undefined) return sha256Hex();
  if (leaves.length === 1) return sha256Hex(Uint8Array.of(0), only);
  let split = 1;
  while (2 * split < leaves.length) split *= 2;
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)].map((half) => Buffer.from(merkleRootOf(half), 'hex'));
  return sha256Hex(Uint8Array.of(1), left ?? Buffer.alloc(0), right ?? Buffer.alloc(0));
}

/** A transaction's id: SHA-256 of its envelope without the signature at its end. */
export function transactionIdOf({ bytes }: Transaction): string {
  return sha256Hex(bytes.subarray(0, bytes.byteLength - SIGNATURE_BYTES));
}
