import { ByteReader, ByteWriter } from '../codec/bytes.js';
import { CodecError } from '../codec/codec-error.js';

/** How many nonces below the highest used one can still be used. */
export const NONCE_WINDOW = 1024;

const HIGHEST_BYTES = 8;
const BITMAP_BYTES = NONCE_WINDOW / 8;

export type NonceVerdict = 'free' | 'nonce-used' | 'nonce-too-old';

/**
 * Replay protection of one account: the highest nonce used, and which of the 1024 up to it are used. A nonce may be
 * used once, in any order, unless it is 1024 or more below the highest: the anti-replay window of IPsec (RFC 4303).
 *
 * Not "exactly the next one": leaders get transactions by gossip in different orders and must propose what they have
 * (SPEC section 4 forbids to hold back nonce gaps), so with a strict sequence the second of two good transactions
 * would fail whenever a leader gets it first.
 *
 * Immutable. Encoded as highest u64be ‖ bitmap, whose bit i (from the low bit of the first byte) stands for nonce
 * highest−i, trailing zero bytes left out: one account has one encoding. An account that was never used has none.
 */
export class NonceWindow {
  static readonly UNUSED = new NonceWindow(-1, new Uint8Array(BITMAP_BYTES));

  readonly #highest: number;
  readonly #bitmap: Uint8Array;

  private constructor(highest: number, bitmap: Uint8Array) {
    this.#highest = highest;
    this.#bitmap = bitmap;
  }

  /** @throws CodecError on anything but the encoding of a used account */
  static decode(bytes: Uint8Array): NonceWindow {
    const reader = new ByteReader(bytes);
    const highest = reader.u64('highest');
    if (reader.remaining > BITMAP_BYTES) throw new CodecError('too-large', 'bitmap', `must be at most ${BITMAP_BYTES} bytes, got ${reader.remaining}`);
    const kept = reader.view('bitmap', reader.remaining);
    if (kept.at(-1) === 0) throw new CodecError('malformed', 'bitmap', 'must not end with a zero byte');
    if (((kept[0] ?? 0) & 1) === 0) throw new CodecError('malformed', 'bitmap', 'must have the highest nonce marked');
    const bitmap = new Uint8Array(BITMAP_BYTES);
    bitmap.set(kept);
    return new NonceWindow(highest, bitmap);
  }

  encode(): Uint8Array {
    const length = this.#bitmap.findLastIndex((byte) => byte !== 0) + 1;
    return new ByteWriter(HIGHEST_BYTES + length).u64('highest', this.#highest).bytes(this.#bitmap.subarray(0, length)).finish();
  }

  check(nonce: number): NonceVerdict {
    const age = this.#highest - nonce;
    if (age < 0) return 'free';
    if (age >= NONCE_WINDOW) return 'nonce-too-old';
    return this.#isMarked(age) ? 'nonce-used' : 'free';
  }

  /** The window once a free nonce is used. */
  with(nonce: number): NonceWindow {
    const bitmap = new Uint8Array(BITMAP_BYTES);
    if (nonce <= this.#highest) {
      bitmap.set(this.#bitmap);
      mark(bitmap, this.#highest - nonce);
      return new NonceWindow(this.#highest, bitmap);
    }
    const shift = nonce - this.#highest;
    if (this.#highest >= 0 && shift < NONCE_WINDOW) shiftInto(bitmap, this.#bitmap, shift);
    mark(bitmap, 0);
    return new NonceWindow(nonce, bitmap);
  }

  /**
   * A nonce that is free: the one above the highest used, or, for an account that used 2⁵³−1, the highest free one of
   * the window. 2⁵³−1 where none is free.
   */
  get nextNonce(): number {
    if (this.#highest < Number.MAX_SAFE_INTEGER) return this.#highest + 1;
    for (let age = 1; age < NONCE_WINDOW; age += 1) if (!this.#isMarked(age)) return this.#highest - age;
    return Number.MAX_SAFE_INTEGER;
  }

  #isMarked(age: number): boolean {
    return (((this.#bitmap[age >>> 3] ?? 0) >>> (age & 7)) & 1) === 1;
  }
}

function mark(bitmap: Uint8Array, age: number): void {
  bitmap[age >>> 3] = (bitmap[age >>> 3] ?? 0) | (1 << (age & 7));
}

/** Writes `source` into `target` with every bit moved `shift` places up; what leaves the window is forgotten. */
function shiftInto(target: Uint8Array, source: Uint8Array, shift: number): void {
  const bytes = shift >>> 3;
  const bits = shift & 7;
  for (let index = bytes; index < BITMAP_BYTES; index += 1) {
    const low = (source[index - bytes] ?? 0) << bits;
    const carried = bits === 0 ? 0 : (source[index - bytes - 1] ?? 0) >>> (8 - bits);
    target[index] = low | carried;
  }
}
