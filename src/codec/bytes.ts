import type { Hash, PublicKeyHex } from '../types/ids.js';
import { CodecError } from './codec-error.js';

const TWO_POW_32 = 0x1_0000_0000;

/** The ASCII bytes of a domain tag: `FBPBFT/1/<name>` and a zero byte (SPEC section 2). */
export function domainTag(name: string): Uint8Array {
  return new Uint8Array(Buffer.from(`FBPBFT/1/${name}\0`, 'latin1'));
}

/** Bytes as a key of a Map: the same string for the same bytes, and in their order. */
export function mapKeyOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** Writes big-endian fields into a buffer of exactly the size announced. */
export class ByteWriter {
  readonly #bytes: Uint8Array;
  readonly #buffer: Buffer;
  #offset = 0;

  constructor(sizeBytes: number) {
    // From Node's pool, and so not cleared: `finish` gives it away only once every byte was written.
    this.#buffer = Buffer.allocUnsafe(sizeBytes);
    this.#bytes = new Uint8Array(this.#buffer.buffer, this.#buffer.byteOffset, sizeBytes);
  }

  #integer(field: string, value: number, max: number, sizeBytes: number): number {
    if (!Number.isSafeInteger(value) || value < 0 || value > max) {
      throw new CodecError('out-of-range', field, `must be an integer from 0 to ${max}, got ${value}`);
    }
    const at = this.#offset;
    this.#offset += sizeBytes;
    return at;
  }

  u8(field: string, value: number): this {
    this.#bytes[this.#integer(field, value, 0xff, 1)] = value;
    return this;
  }

  u16(field: string, value: number): this {
    this.#buffer.writeUInt16BE(value, this.#integer(field, value, 0xffff, 2));
    return this;
  }

  u32(field: string, value: number): this {
    this.#buffer.writeUInt32BE(value, this.#integer(field, value, 0xffff_ffff, 4));
    return this;
  }

  /** 8 bytes, but at most 2⁵³−1. */
  u64(field: string, value: number): this {
    const at = this.#integer(field, value, Number.MAX_SAFE_INTEGER, 8);
    this.#buffer.writeUInt32BE(Math.floor(value / TWO_POW_32), at);
    this.#buffer.writeUInt32BE(value % TWO_POW_32, at + 4);
    return this;
  }

  bytes(value: Uint8Array): this {
    this.#bytes.set(value, this.#offset);
    this.#offset += value.byteLength;
    return this;
  }

  /** @throws CodecError unless `value` has exactly `sizeBytes` bytes */
  fixed(field: string, value: Uint8Array, sizeBytes: number): this {
    if (value.byteLength !== sizeBytes) {
      throw new CodecError('bad-length', field, `must be ${sizeBytes} bytes, got ${value.byteLength}`);
    }
    return this.bytes(value);
  }

  /** The 32 bytes of a hash or public key. */
  hex32(value: Hash | PublicKeyHex): this {
    this.#offset += this.#buffer.write(value, this.#offset, 'hex');
    return this;
  }

  /** u32 length, then the bytes. */
  prefixed(field: string, value: Uint8Array): this {
    return this.u32(field, value.byteLength).bytes(value);
  }

  /** The buffer. @throws CodecError unless it is exactly full: the announced size was wrong */
  finish(): Uint8Array {
    if (this.#offset !== this.#bytes.byteLength) {
      throw new CodecError('bad-length', 'encoding', `wrote ${this.#offset} of ${this.#bytes.byteLength} bytes`);
    }
    return this.#bytes;
  }
}

/** Reads big-endian fields; every failure is a CodecError that names the field. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #buffer: Buffer;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    // A plain Uint8Array even where a Buffer came in, so that views handed out are always of one class.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.#bytes.byteLength - this.#offset;
  }

  get offset(): number {
    return this.#offset;
  }

  #take(field: string, sizeBytes: number): number {
    if (sizeBytes > this.remaining) {
      throw new CodecError('truncated', field, `needs ${sizeBytes} bytes, ${this.remaining} are left`);
    }
    const at = this.#offset;
    this.#offset += sizeBytes;
    return at;
  }

  /** @throws CodecError `bad-tag` unless the next bytes are `tag` */
  expect(field: string, tag: Uint8Array): void {
    const at = this.#take(field, tag.byteLength);
    if (this.#buffer.compare(tag, 0, tag.byteLength, at, at + tag.byteLength) !== 0) {
      throw new CodecError('bad-tag', field, `must start with ${JSON.stringify(Buffer.from(tag).toString('latin1'))}`);
    }
  }

  /** Whether the next bytes are `tag`; reads nothing. */
  startsWith(tag: Uint8Array): boolean {
    return tag.byteLength <= this.remaining
      && this.#buffer.compare(tag, 0, tag.byteLength, this.#offset, this.#offset + tag.byteLength) === 0;
  }

  u8(field: string): number {
    return this.#buffer.readUInt8(this.#take(field, 1));
  }

  u16(field: string): number {
    return this.#buffer.readUInt16BE(this.#take(field, 2));
  }

  u32(field: string): number {
    return this.#buffer.readUInt32BE(this.#take(field, 4));
  }

  /** @throws CodecError `out-of-range` above 2⁵³−1 */
  u64(field: string): number {
    const at = this.#take(field, 8);
    const value = this.#buffer.readUInt32BE(at) * TWO_POW_32 + this.#buffer.readUInt32BE(at + 4);
    if (value > Number.MAX_SAFE_INTEGER) {
      throw new CodecError('out-of-range', field, `must be at most ${Number.MAX_SAFE_INTEGER}`);
    }
    return value;
  }

  /** One byte that must be 0 or 1. */
  flag(field: string): boolean {
    const value = this.u8(field);
    if (value > 1) throw new CodecError('out-of-range', field, `must be 0 or 1, got ${value}`);
    return value === 1;
  }

  /** A view of the next bytes: it keeps the whole underlying buffer alive. */
  view(field: string, sizeBytes: number): Uint8Array {
    const at = this.#take(field, sizeBytes);
    return this.#bytes.subarray(at, at + sizeBytes);
  }

  /** A view of the next bytes, which remain the next. */
  peek(field: string, sizeBytes: number): Uint8Array {
    const view = this.view(field, sizeBytes);
    this.#offset -= sizeBytes;
    return view;
  }

  /** A copy of the next bytes, for what outlives the buffer. */
  copy(field: string, sizeBytes: number): Uint8Array {
    const at = this.#take(field, sizeBytes);
    // Not slice(): of a Buffer, that is the same memory.
    return new Uint8Array(this.#bytes.subarray(at, at + sizeBytes));
  }

  hash(field: string): Hash {
    return this.#hex32(field) as Hash;
  }

  publicKey(field: string): PublicKeyHex {
    return this.#hex32(field) as PublicKeyHex;
  }

  /** Hexadecimal of 32 bytes fits a Hash and a key by construction; matching every one took 4 % of catching up. */
  #hex32(field: string): string {
    const at = this.#take(field, 32);
    return this.#buffer.toString('hex', at, at + 32);
  }

  /** Leaves the next bytes out. */
  skip(field: string, sizeBytes: number): void {
    this.#take(field, sizeBytes);
  }

  /** u32 length of what follows. @throws CodecError `too-large` above `maxBytes` */
  length(field: string, maxBytes: number): number {
    const sizeBytes = this.u32(field);
    if (sizeBytes > maxBytes) {
      throw new CodecError('too-large', field, `must be at most ${maxBytes} bytes, got ${sizeBytes}`);
    }
    return sizeBytes;
  }

  /** u32 length, then a view of as many bytes. @throws CodecError `too-large` above `maxBytes` */
  prefixed(field: string, maxBytes: number): Uint8Array {
    return this.view(field, this.length(field, maxBytes));
  }

  /** @throws CodecError `trailing-bytes` unless everything was read */
  finish(field: string): void {
    if (this.remaining > 0) throw new CodecError('trailing-bytes', field, `${this.remaining} bytes are left over`);
  }
}

