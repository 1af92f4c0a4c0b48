import type { Hash, PublicKeyHex, Sequence } from '../types/ids.js';

/**
 * The ledger's key spaces within the StateStore, by first byte. Those marked * are authenticated by the state root,
 * under SHA-256 of the whole key.
 *
 * | space | key after the first byte | value |
 * |---|---|---|
 * | APPLICATION 0x01 * | the application's own | the application's own |
 * | ACCOUNT 0x02 * | public key | nonce window |
 * | RECEIPT 0x03 | transaction id | receipt |
 * | META 0x04 | name (ASCII) | `executed`: sequence of the last executed block; `restoring`: a snapshot is being taken in, and the rest is not to be used |
 * | TRIE 0x05 | path, one ASCII digit per page | page of the state trie |
 * | PENDING 0x06 | sequence | leaves that block changed and the trie does not show yet |
 */
const SPACES = { APPLICATION: 0x01, ACCOUNT: 0x02, RECEIPT: 0x03, META: 0x04, TRIE: 0x05, PENDING: 0x06 } as const;

const HEX_KEY_BYTES = 33;

export const TRIE_PREFIX = SPACES.TRIE;
export const EXECUTED_KEY = Uint8Array.from([SPACES.META, ...Buffer.from('executed', 'ascii')]);
export const RESTORING_KEY = Uint8Array.from([SPACES.META, ...Buffer.from('restoring', 'ascii')]);
/** What the state root authenticates, and all that there is. */
export const AUTHENTICATED_RANGE = { gte: Uint8Array.of(SPACES.APPLICATION), lt: Uint8Array.of(SPACES.ACCOUNT + 1) } as const;
export const WHOLE_RANGE = { gte: Uint8Array.of(0), lt: Uint8Array.of(0xff) } as const;
export const PENDING_RANGE = { gte: Uint8Array.of(SPACES.PENDING), lt: Uint8Array.of(SPACES.PENDING + 1) } as const;

function prefixed(space: number, rest: Uint8Array): Uint8Array {
  const key = new Uint8Array(1 + rest.byteLength);
  key[0] = space;
  key.set(rest, 1);
  return key;
}

/** @param hex of 32 bytes */
function prefixedHex(space: number, hex: string): Uint8Array {
  const key = Buffer.allocUnsafe(HEX_KEY_BYTES);
  key[0] = space;
  key.write(hex, 1, 'hex');
  return key;
}

export function applicationKey(key: Uint8Array): Uint8Array {
  return prefixed(SPACES.APPLICATION, key);
}

/**
 * The application's keys that begin with `prefix` and come after `after`, as a range of the StateStore.
 * Empty where `after` comes after all of them.
 */
export function applicationRange(prefix: Uint8Array, after: Uint8Array | undefined): { readonly gte: Uint8Array; readonly lt: Uint8Array } {
  const first = applicationKey(prefix);
  // The space's own byte is no 0xff, so there is always one to count up.
  const end = first.findLastIndex((byte) => byte !== 0xff);
  const lt = first.slice(0, end + 1);
  lt[end] = (lt[end] ?? 0) + 1;
  const next = after === undefined ? first : applicationKey(Uint8Array.of(...after, 0));
  return { gte: Buffer.compare(next, first) > 0 ? next : first, lt };
}

/** A key of the application without its space. */
export function ofApplication(key: Uint8Array): Uint8Array {
  return key.subarray(1);
}

export function accountKey(publicKey: PublicKeyHex): Uint8Array {
  return prefixedHex(SPACES.ACCOUNT, publicKey);
}

export function receiptKey(transactionId: Hash): Uint8Array {
  return prefixedHex(SPACES.RECEIPT, transactionId);
}

export function pendingKey(sequence: Sequence): Uint8Array {
  const rest = Buffer.alloc(8);
  rest.writeBigUInt64BE(BigInt(sequence));
  return prefixed(SPACES.PENDING, rest);
}
