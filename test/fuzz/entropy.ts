import { Random } from '../simulation/random.js';

/** What random and mutated inputs are made of: every draw follows from the seed. */

/** Integers at which encodings change length, or limits lie. */
const EDGES = [
  0, 1, 2, 3, 4, 63, 64, 65, 127, 128, 255, 256, 16_383, 16_384, 65_535, 65_536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 52,
  Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER,
];

/** The generator of one input: the same for the same campaign seed, target and number, whoever else runs. */
export function randomOf(seed: number, target: string, index: number): Random {
  let mixed = 0x811c9dc5 ^ seed;
  const take = (value: number): void => { mixed = Math.imul(mixed ^ value, 0x01000193) ^ (mixed >>> 13); };
  for (const character of target) take(character.charCodeAt(0));
  for (let rest = index; rest > 0; rest = Math.floor(rest / 256)) take(rest & 0xff);
  take(index);
  return new Random(mixed);
}

export function bytesOf(random: Random, sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  for (let at = 0; at < sizeBytes; at += 4) {
    let word = random.integer(0, 2 ** 32 - 1);
    for (let part = at; part < Math.min(sizeBytes, at + 4); part += 1) {
      bytes[part] = word & 0xff;
      word >>>= 8;
    }
  }
  return bytes;
}

/** An integer from 0 to 2⁵³−1: small, at an edge, or anywhere. */
export function integerOf(random: Random): number {
  const kind = random.next();
  if (kind < 0.5) return random.integer(0, 20);
  return kind < 0.85 ? random.pick(EDGES) : Math.floor(random.next() * Number.MAX_SAFE_INTEGER);
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

export function utf8(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'utf8'));
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Parts that `splitParts` finds again: each as u16be length and its bytes. */
export function joinParts(parts: readonly Uint8Array[]): Uint8Array {
  return concat(...parts.flatMap((part) => [Uint8Array.of(part.byteLength >>> 8, part.byteLength & 0xff), part]));
}

/** Takes any bytes apart: a length beyond the end takes what is left. */
export function splitParts(bytes: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at + 2 <= bytes.byteLength;) {
    const sizeBytes = (bytes[at]! << 8) | bytes[at + 1]!;
    parts.push(bytes.subarray(at + 2, at + 2 + sizeBytes));
    at += 2 + sizeBytes;
  }
  return parts;
}

/**
 * Choices read from an input: any bytes are a program, so that mutations of one are others, and a failing one can be
 * cut shorter. Once the bytes are used up every choice is 0.
 */
export class Choices {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get over(): boolean {
    return this.#at >= this.#bytes.byteLength;
  }

  /** Integer from 0 to `count` − 1; `count` at most 256. */
  below(count: number): number {
    const byte = this.#bytes[this.#at] ?? 0;
    this.#at += 1;
    return byte % count;
  }

  u16(): number {
    return this.below(256) * 256 + this.below(256);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** True in so many cases of 16. */
  sixteenths(count: number): boolean {
    return this.below(16) < count;
  }

  rest(): Uint8Array {
    const rest = this.#bytes.subarray(this.#at);
    this.#at = this.#bytes.byteLength;
    return rest;
  }
}
