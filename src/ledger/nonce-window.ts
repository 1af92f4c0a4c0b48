import { ByteReader, ByteWriter } from '../codec/bytes.js';
import { CodecError } from '../codec/codec-error.js';

/** How many nonces below the highest used one can still be used. */
export const NONCE_WINDOW = 1024;

const HIGHEST_BYTES = 8;
const BITMAP_BYTES = NONCE_WINDOW / 8;
const WORD_BITS = 32;
const BITMAP_WORDS = NONCE_WINDOW / WORD_BITS;

/** Words of 32 bits, those of the highest nonces first: an array of small integers costs far less to make than its bytes. */
type Bitmap = number[];

export type NonceVerdict = 'free' | 'nonce-used' | 'nonce-too-old';

/**
 * Replay protection of one account: the highest nonce used, and which of the 1024 up to it are used. A nonce may be
 * used once, in any order, unless it is 1024 or more below the highest: the anti-replay window of IPsec (RFC 4303).
 *
 * Not "exactly the next one": leaders get transactions by gossip in different orders and must propose what they have
 * (SPEC section 4 forbids to hold back nonce gaps), so with a strict sequence the second of two good transactions
 * would fail whenever a leader gets it first.
 *
 * Encoded as highest u64be ‖ bitmap, whose bit i (from the low bit of the first byte) stands for nonce
 * highest−i, trailing zero bytes left out: one account has one encoding. An account that was never used has none.
 */
export class NonceWindow {
  #highest: number;
  readonly #bitmap: Bitmap;

  private constructor(highest: number, bitmap: Bitmap) {
    this.#highest = highest;
    this.#bitmap = bitmap;
  }

  /** Of an account that was never used. */
  static unused(): NonceWindow {
    return new NonceWindow(-1, emptyBitmap());
  }

  /** @throws CodecError on anything but the encoding of a used account */
  static decode(bytes: Uint8Array): NonceWindow {
    const reader = new ByteReader(bytes);
    const highest = reader.u64('highest');
    if (reader.remaining > BITMAP_BYTES) throw new CodecError('too-large', 'bitmap', `must be at most ${BITMAP_BYTES} bytes, got ${reader.remaining}`);
    const kept = reader.view('bitmap', reader.remaining);
    if (kept.at(-1) === 0) throw new CodecError('malformed', 'bitmap', 'must not end with a zero byte');
    if (((kept[0] ?? 0) & 1) === 0) throw new CodecError('malformed', 'bitmap', 'must have the highest nonce marked');
    const bitmap = emptyBitmap();
    for (let index = 0; index < kept.byteLength; index += 1) {
      bitmap[index >>> 2] = (bitmap[index >>> 2] ?? 0) | ((kept[index] ?? 0) << (8 * (index & 3)));
    }
    return new NonceWindow(highest, bitmap);
  }

  encode(): Uint8Array {
    const bytes = new Uint8Array(BITMAP_BYTES);
    let length = 0;
    for (let index = 0; index < BITMAP_BYTES; index += 1) {
      const byte = ((this.#bitmap[index >>> 2] ?? 0) >>> (8 * (index & 3))) & 0xff;
      bytes[index] = byte;
      if (byte !== 0) length = index + 1;
    }
    return new ByteWriter(HIGHEST_BYTES + length).u64('highest', this.#highest).bytes(bytes.subarray(0, length)).finish();
  }

  check(nonce: number): NonceVerdict {
    const age = this.#highest - nonce;
    if (age < 0) return 'free';
    if (age >= NONCE_WINDOW) return 'nonce-too-old';
    return this.#isMarked(age) ? 'nonce-used' : 'free';
  }

  /** One that may be changed without this one's changing. */
  copy(): NonceWindow {
    return new NonceWindow(this.#highest, this.#bitmap.slice());
  }

  /** A free nonce is used from now on. */
  use(nonce: number): void {
    if (nonce > this.#highest) {
      const shift = nonce - this.#highest;
      if (this.#highest >= 0 && shift < NONCE_WINDOW) moveUp(this.#bitmap, shift);
      else this.#bitmap.fill(0);
      this.#highest = nonce;
    }
    const age = this.#highest - nonce;
    this.#bitmap[age >>> 5] = (this.#bitmap[age >>> 5] ?? 0) | (1 << (age & 31));
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
    return (((this.#bitmap[age >>> 5] ?? 0) >>> (age & 31)) & 1) === 1;
  }
}

function emptyBitmap(): Bitmap {
  return new Array<number>(BITMAP_WORDS).fill(0);
}

/** Moves every bit `shift` places up; what leaves the window is forgotten. */
function moveUp(bitmap: Bitmap, shift: number): void {
  const words = shift >>> 5;
  const bits = shift & 31;
  for (let index = BITMAP_WORDS - 1; index >= words; index -= 1) {
    const below = index - words - 1;
    const carried = bits === 0 || below < 0 ? 0 : (bitmap[below] ?? 0) >>> (WORD_BITS - bits);
    bitmap[index] = ((bitmap[index - words] ?? 0) << bits) | carried;
  }
  bitmap.fill(0, 0, words);
}
