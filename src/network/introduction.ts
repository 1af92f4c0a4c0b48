import { toPublicKeyHex, type PublicKeyHex } from '../types/ids.js';
import { dialableAddress, isLoopback } from './multiaddrs.js';

/** Introductions are JSON of at most this size: 128 members with 8 addresses fit. */
export const MAX_INTRODUCTION_BYTES = 128 * 1024;
const MAX_MEMBERS = 256;

/**
 * What two members tell one another over `/fb-pbft/<chainId>/addresses/1`, one introduction each way, on connecting
 * and at every change.
 */
export interface Introduction {
  /** The sender's own addresses. */
  readonly addresses: readonly string[];
  /** Members to whom the sender has links over which gossip flows. */
  readonly links: readonly PublicKeyHex[];
  /** Addresses of other members that the sender knows first hand. */
  readonly known: Readonly<Record<string, readonly string[]>>;
}

export function encodeIntroduction(introduction: Introduction): Uint8Array {
  return Buffer.from(JSON.stringify(introduction), 'utf8');
}

/** Undefined where the bytes are no introduction. Addresses are not checked here. */
export function decodeIntroduction(bytes: Uint8Array): Introduction | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
  } catch {
    return undefined;
  }
  if (!isRecord(value) || !isStrings(value['addresses']) || !isStrings(value['links']) || !isRecord(value['known'])) return undefined;
  const known = Object.entries(value['known']);
  if (value['links'].length > MAX_MEMBERS || known.length > MAX_MEMBERS) return undefined;
  const listings: Record<string, readonly string[]> = {};
  for (const [member, addresses] of known) {
    if (publicKeyOrUndefined(member) === undefined || !isStrings(addresses)) return undefined;
    listings[member] = addresses;
  }
  const links = value['links'].map(publicKeyOrUndefined);
  if (!links.every((link) => link !== undefined)) return undefined;
  return { addresses: value['addresses'], links, known: listings };
}

/**
 * The sender's own addresses as they look from here: without those that lead back to this host, unless the sender is
 * on it, and with the address that the connection came from, which may be the only true one behind NAT.
 */
export function addressesSeenFrom(remoteAddress: string, addresses: readonly string[]): readonly string[] {
  const remote = dialableAddress(remoteAddress);
  const parsed = addresses.map(dialableAddress).filter((address) => address !== undefined);
  if (remote === undefined || isLoopback(remote)) return parsed.map(({ address }) => address);
  const useful = parsed.filter((address) => !isLoopback(address));
  const family = remote.host.includes(':') ? 'ip6' : 'ip4';
  const observed = parsed.slice(0, 1).map(({ port }) => `/${family}/${remote.host}/tcp/${port}`);
  return [...useful.map(({ address }) => address), ...observed];
}

/** What the sender knows of others, without what leads back to the sender's host, unless that is this host too. */
export function hearsaySeenFrom(remoteAddress: string, addresses: readonly string[]): readonly string[] {
  const remote = dialableAddress(remoteAddress);
  if (remote === undefined || isLoopback(remote)) return addresses;
  return addresses.filter((text) => {
    const parsed = dialableAddress(text);
    return parsed !== undefined && !isLoopback(parsed);
  });
}

function publicKeyOrUndefined(text: string): PublicKeyHex | undefined {
  try {
    return toPublicKeyHex(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length <= MAX_MEMBERS && value.every((item) => typeof item === 'string');
}
