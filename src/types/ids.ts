/**
 * Branded identifiers. Each brand has one checked constructor (`toX`); nothing else makes a value of the brand,
 * so a `Slot` can never be handed over where a `Sequence` is meant.
 */

declare const brand: unique symbol;
type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** SHA-256 digest as 64 lower-case hexadecimal digits. Hex rather than bytes, so that it can key maps. */
export type Hash = Brand<string, 'Hash'>;
/** Ed25519 public key as 64 lower-case hexadecimal digits. */
export type PublicKeyHex = Brand<string, 'PublicKeyHex'>;
/** Name of a platform in its society, such as `Thor`: 1 to 64 of `A-Z a-z 0-9 . _ -`. */
export type PlatformName = Brand<string, 'PlatformName'>;
/** Position of a platform in an epoch's member list, from 0. Its identity within that epoch. */
export type MemberIndex = Brand<number, 'MemberIndex'>;
/** Number of a member list, from 0. */
export type Epoch = Brand<number, 'Epoch'>;
/** view + sequence; genesis stands in slot −1. */
export type Slot = Brand<number, 'Slot'>;
/** Slots skipped in the epoch along a block's own branch. */
export type View = Brand<number, 'View'>;
/** Height of a block; the first block is 0, genesis −1. */
export type Sequence = Brand<number, 'Sequence'>;

/** A value does not fit the identifier it was meant for. `field` is the identifier's name. */
export class IdentifierError extends Error {
  readonly field: string;
  constructor(field: string, requirement: string, value: unknown) {
    super(`${field}: ${requirement}, got ${typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : String(value)}`);
    this.name = 'IdentifierError';
    this.field = field;
  }
}

const HEX_32_BYTES = /^[0-9a-f]{64}$/;
const PLATFORM_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** @throws IdentifierError unless `value` is 64 lower-case hexadecimal digits */
export function toHash(value: string): Hash {
  if (!HEX_32_BYTES.test(value)) throw new IdentifierError('hash', 'must be 64 lower-case hexadecimal digits', value);
  return value as Hash;
}

/** @throws IdentifierError unless `value` is 64 lower-case hexadecimal digits */
export function toPublicKeyHex(value: string): PublicKeyHex {
  if (!HEX_32_BYTES.test(value)) throw new IdentifierError('publicKey', 'must be 64 lower-case hexadecimal digits', value);
  return value as PublicKeyHex;
}

/** @throws IdentifierError unless `value` is 1 to 64 of `A-Z a-z 0-9 . _ -`, not starting with punctuation */
export function toPlatformName(value: string): PlatformName {
  if (!PLATFORM_NAME.test(value)) {
    throw new IdentifierError('platform', 'must be 1 to 64 letters, digits, ".", "_" or "-", starting with a letter or digit', value);
  }
  return value as PlatformName;
}

function checkedInteger(field: string, value: number, min: number): number {
  if (!Number.isSafeInteger(value) || value < min) {
    throw new IdentifierError(field, `must be an integer from ${min} to ${Number.MAX_SAFE_INTEGER}`, value);
  }
  return value;
}

/** @throws IdentifierError unless `value` is an integer from 0 to 65535 (it is written as u16) */
export function toMemberIndex(value: number): MemberIndex {
  if (value > 0xffff) throw new IdentifierError('memberIndex', 'must be at most 65535', value);
  return checkedInteger('memberIndex', value, 0) as MemberIndex;
}

/** @throws IdentifierError unless `value` is an integer from 0 */
export function toEpoch(value: number): Epoch {
  return checkedInteger('epoch', value, 0) as Epoch;
}

/** @throws IdentifierError unless `value` is an integer from −1 */
export function toSlot(value: number): Slot {
  return checkedInteger('slot', value, -1) as Slot;
}

/** @throws IdentifierError unless `value` is an integer from 0 */
export function toView(value: number): View {
  return checkedInteger('view', value, 0) as View;
}

/** @throws IdentifierError unless `value` is an integer from −1 */
export function toSequence(value: number): Sequence {
  return checkedInteger('sequence', value, -1) as Sequence;
}

/** The all-zero hash: genesis' parent, the hash of an empty basis. */
export const ZERO_HASH = '0'.repeat(64) as Hash;
/** The slot in which genesis stands, before slot 0 (SPEC section 1). */
export const GENESIS_SLOT = toSlot(-1);
/** The sequence of genesis, before sequence 0. */
export const GENESIS_SEQUENCE = toSequence(-1);
