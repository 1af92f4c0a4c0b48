import { sha256Hex } from './layouts.js';

/** One first vote of a basis, as its bytes state it. */
export interface BasisEntry {
  readonly type: 'PREPARE' | 'VIEW-CHANGE';
  readonly chainId: string;
  readonly epoch: number;
  readonly slot: number;
  readonly blockHash: string;
  readonly first: boolean;
  readonly basisHash: string;
  readonly signer: number;
  /** What the signature covers. */
  readonly statement: Uint8Array;
  readonly signature: Uint8Array;
}

/** One of the leader's two headers. */
export interface BasisHeader {
  readonly hash: string;
  readonly chainId: string;
  readonly epoch: number;
  readonly slot: number;
  readonly signature: Uint8Array;
}

export interface ReadBasis {
  readonly headers: readonly BasisHeader[];
  readonly votes: readonly BasisEntry[];
}

const TAGS = { PREPARE: Buffer.from('FBPBFT/1/PREPARE\0', 'latin1'), 'VIEW-CHANGE': Buffer.from('FBPBFT/1/VIEW-CHANGE\0', 'latin1') } as const;
const HEADER_TAG = Buffer.from('FBPBFT/1/HEADER\0', 'latin1');
const SIGNATURE_BYTES = 64;

/** Reads fields one after another. @throws RangeError beyond the end */
class Fields {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get at(): number {
    return this.#at;
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  take(sizeBytes: number): Buffer {
    if (this.#at + sizeBytes > this.#bytes.length) throw new RangeError('the basis ends in the middle of something');
    this.#at += sizeBytes;
    return this.#bytes.subarray(this.#at - sizeBytes, this.#at);
  }

  /** Everything since a position. */
  since(at: number): Buffer {
    return this.#bytes.subarray(at, this.#at);
  }

  startsWith(tag: Buffer): boolean {
    return this.#bytes.subarray(this.#at, this.#at + tag.length).equals(tag);
  }

  number(sizeBytes: number): number {
    return this.take(sizeBytes).reduce((value, byte) => value * 256 + byte, 0);
  }

  hash(): string {
    return this.take(32).toString('hex');
  }
}

/** Takes a basis apart by the text of SPEC section 2. @throws RangeError where the bytes are not a basis */
export function readBasis(bytes: Uint8Array): ReadBasis {
  const fields = new Fields(bytes);
  const headers: BasisHeader[] = [];
  // A header's length begins with a zero byte, a vote with a letter.
  if (bytes[0] === 0) headers.push(readHeader(fields), readHeader(fields));
  const votes: BasisEntry[] = [];
  while (!fields.atEnd) votes.push(readVote(fields));
  return { headers, votes };
}

function readHeader(fields: Fields): BasisHeader {
  const bytes = fields.take(fields.number(4));
  const inner = new Fields(bytes);
  if (!inner.startsWith(HEADER_TAG)) throw new RangeError('a header of the basis does not begin as headers do');
  inner.take(HEADER_TAG.length);
  const chainId = inner.hash();
  const epoch = inner.number(8);
  inner.take(2 * 8);
  const slot = inner.number(8);
  return { hash: sha256Hex(bytes), chainId, epoch, slot, signature: fields.take(SIGNATURE_BYTES) };
}

function readVote(fields: Fields): BasisEntry {
  const start = fields.at;
  const type = fields.startsWith(TAGS['VIEW-CHANGE']) ? 'VIEW-CHANGE' : 'PREPARE';
  if (!fields.startsWith(TAGS[type])) throw new RangeError('a vote of the basis is neither PREPARE nor VIEW-CHANGE');
  fields.take(TAGS[type].length);
  const chainId = fields.hash();
  const epoch = fields.number(8);
  const slot = fields.number(8);
  let blockHash = '';
  if (type === 'PREPARE') blockHash = fields.hash();
  const first = fields.number(1) === 1;
  if (type === 'VIEW-CHANGE') blockHash = fields.hash();
  const basisHash = fields.hash();
  const statement = fields.since(start);
  return { type, chainId, epoch, slot, blockHash, first, basisHash, statement, signer: fields.number(2), signature: fields.take(SIGNATURE_BYTES) };
}
